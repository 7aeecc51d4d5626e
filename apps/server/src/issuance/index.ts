// Issuing cards: apart from the server's front door, because the certificate library is large and a server that only
// unlocks never needs it.

export {
  type CardCertificateRequest,
  type CertificateAuthority,
  createAuthority,
  type KeptAuthority,
  openAuthority,
} from "../certificates/authority.ts";
export {
  type BlankCardKeys,
  IssuanceError,
  type IssuanceErrorCode,
  type IssuedCard,
  type IssueOrder,
  issueCard,
} from "./issue-card.ts";
