/** Cryptographic algorithms by PIV identifier, one row each [SP800-78 §6.2]. Sizes are in bytes. */
// biome-ignore format: the columns are the documentation
export const ALGORITHMS = {
  "3des":  { id: 0x03, kind: "cipher", keyBytes: 24, blockBytes: 8 },
  rsa2048: { id: 0x07, kind: "rsa",    modulusBytes: 256 },
  aes128:  { id: 0x08, kind: "cipher", keyBytes: 16, blockBytes: 16 },
  aes192:  { id: 0x0a, kind: "cipher", keyBytes: 24, blockBytes: 16 },
  aes256:  { id: 0x0c, kind: "cipher", keyBytes: 32, blockBytes: 16 },
  p256:    { id: 0x11, kind: "ec",     fieldBytes: 32 },
  p384:    { id: 0x14, kind: "ec",     fieldBytes: 48 },
} as const;

export type AlgorithmName = keyof typeof ALGORITHMS;
type NamesOfKind<Kind> = {
  [Name in AlgorithmName]: (typeof ALGORITHMS)[Name]["kind"] extends Kind ? Name : never;
}[AlgorithmName];

/** Algorithms of elliptic-curve keys. */
export type EcAlgorithm = NamesOfKind<"ec">;
/** Algorithms a slot's key can sign with. */
export type SignatureAlgorithm = NamesOfKind<"ec" | "rsa">;
/** Algorithms of the card-management key. */
export type CipherAlgorithm = NamesOfKind<"cipher">;
