/**
 * The PIV data objects, one row each [PIV-1 Table 3]: the tag GET DATA and PUT DATA name it by, and whether reading
 * it wants the passcode first [PIV-1 Table 2].
 */
// biome-ignore format: the columns are the documentation
export const DATA_OBJECTS = {
  cardCapabilityContainer:        { tag: 0x5fc107, read: "always" },
  cardHolderUniqueIdentifier:     { tag: 0x5fc102, read: "always" },
  authenticationCertificate:      { tag: 0x5fc105, read: "always" },
  fingerprints:                   { tag: 0x5fc103, read: "passcode" },
  securityObject:                 { tag: 0x5fc106, read: "always" },
  facialImage:                    { tag: 0x5fc108, read: "passcode" },
  cardAuthenticationCertificate:  { tag: 0x5fc101, read: "always" },
  signatureCertificate:           { tag: 0x5fc10a, read: "always" },
  keyManagementCertificate:       { tag: 0x5fc10b, read: "always" },
  printedInformation:             { tag: 0x5fc109, read: "passcode" },
  discovery:                      { tag: 0x7e,     read: "always" },
  keyHistory:                     { tag: 0x5fc10c, read: "always" },
  irisImages:                     { tag: 0x5fc121, read: "passcode" },
  biometricInformationTemplates:  { tag: 0x7f61,   read: "always" },
  secureMessagingCertificate:     { tag: 0x5fc122, read: "always" },
  pairingCode:                    { tag: 0x5fc123, read: "passcode" },
} as const satisfies Record<string, { tag: number; read: "always" | "passcode" }>;

export type DataObjectName = keyof typeof DATA_OBJECTS;
