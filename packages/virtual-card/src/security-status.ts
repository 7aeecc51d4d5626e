/** A challenge or witness the card gave out for the management key and waits to see answered. */
export type PendingAuthentication =
  | { readonly kind: "challenge"; readonly answer: Uint8Array }
  | { readonly kind: "witness"; readonly answer: Uint8Array };

/** What a card knows only while it has power [PIV-1 §5.3]. A reset takes it back to {@link POWERED_ON}. */
export interface SecurityStatus {
  /** The PIV application is selected. */
  readonly selected: boolean;
  readonly passcodeVerified: boolean;
  /** The command before this one was a successful VERIFY: what a key of use "passcode_each_time" asks for. */
  readonly passcodeJustVerified: boolean;
  readonly managementAuthenticated: boolean;
  readonly pending: PendingAuthentication | undefined;
  /** Only the quirk "any_puk_after_right_puk" looks at it. */
  readonly pukProven: boolean;
}

export const POWERED_ON: SecurityStatus = {
  selected: false,
  passcodeVerified: false,
  passcodeJustVerified: false,
  managementAuthenticated: false,
  pending: undefined,
  pukProven: false,
};
