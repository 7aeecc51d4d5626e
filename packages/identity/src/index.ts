export {
  AUDIT_ACTIONS,
  type AuditAction,
  type AuditEntry,
  type AuditFact,
  type AuditPorts,
  type EncodedEntry,
  encodeAuditEntry,
  opensCommitments,
  parseAuditEntry,
} from "./audit-entry.ts";
export type * from "./audit-ports.ts";
export {
  type Burst,
  type BurstEvent,
  type BurstPhase,
  beginBurst,
  stepBurst,
} from "./ceremonies/burst.ts";
export {
  beginChange,
  CHANGE_END_REASONS,
  CHANGE_KIND,
  type Change,
  type ChangeEndReason,
  type ChangeEvent,
  type ChangePhase,
  type ChangeTypes,
  stepChange,
} from "./ceremonies/change.ts";
export { EVIDENCE_KINDS, type EvidenceKind, isEvidenceKind } from "./ceremonies/evidence.ts";
export {
  CEREMONY_TIMES,
  type CeremonyContext,
  type CeremonyKind,
  type CeremonyOutcome,
  type CeremonyTypes,
  type CommonEvent,
  END_REASONS,
  type EndReason,
  isOfKind,
  isUnderWay,
  type PhaseStanding,
  standingOf,
} from "./ceremonies/kind.ts";
export { decide, type Table } from "./ceremonies/machine.ts";
export {
  beginRotation,
  mayRotate,
  type Rotation,
  type RotationContext,
  type RotationEvent,
  type RotationOutcome,
  type RotationPhase,
  stepRotation,
} from "./ceremonies/rotation.ts";
export {
  beginUnlock,
  type CardPasscodeState,
  isOver,
  isReleased,
  stepUnlock,
  UNLOCK_END_REASONS,
  UNLOCK_KIND,
  type Unlock,
  type UnlockCommand,
  type UnlockContext,
  type UnlockEndReason,
  type UnlockEvent,
  type UnlockNotes,
  type UnlockOutcome,
  type UnlockPhase,
  type UnlockTypes,
} from "./ceremonies/unlock.ts";
export type * from "./desk-ports.ts";
export { IdentityError, type IdentityErrorCode } from "./errors.ts";
export { decodeHint, encodeHint, HINT_MAC_BYTES, HINT_OBJECT_TAG, type Hint } from "./hint.ts";
export {
  type KeyVersionChange,
  type KeyVersions,
  keyVersionChange,
  keyVersionOf,
  keyVersionsNeeded,
} from "./key-versions.ts";
export type * from "./notice-ports.ts";
export {
  checkPasscode,
  PASSCODE_RULES_VERSION,
  type PasscodeChecker,
  passcodeChecker,
} from "./passcode/check.ts";
export type { HolderTokens } from "./passcode/holder.ts";
export {
  effectivePolicy,
  type PasscodePolicy,
  parseSitePolicyName,
  policySentence,
  SITE_POLICIES,
  SITE_POLICY_NAMES,
  type SitePolicyName,
} from "./passcode/policy.ts";
export {
  PASSCODE_MISMATCH,
  PASSCODE_REFUSALS,
  type PasscodeRefusal,
  type PasscodeVerdict,
  passcodeGuidance,
} from "./passcode/verdict.ts";
export {
  type Actor,
  DENIALS,
  type Denial,
  type HeldRole,
  mayPerform,
  organisationPath,
  type Permission,
  type Target,
} from "./permissions/may-perform.ts";
export { parseRole, ROLE_NAMES, ROLES, type Role, roleByCode } from "./permissions/roles.ts";
export {
  DEFAULT_PERMISSION_SETTINGS,
  type PermissionSettings,
  type Scope,
  scopeOf,
} from "./permissions/settings.ts";
export { ACTIVITIES, type Activity, type Cell, cellOf } from "./permissions/table.ts";
export {
  type CareId,
  displayName,
  formatCareId,
  type Organisation,
  type Person,
  type PersonStatus,
  parseCareId,
} from "./person.ts";
export type * from "./ports.ts";
export {
  candidates,
  freshRegisters,
  type GrantedTry,
  grantTry,
  liftByHint,
  type PukRegisters,
  prepareRelease,
  pukAccepted,
  pukNotTried,
  pukRefused,
  pukRotated,
  type Release,
} from "./registers.ts";
export type { CardIncident, PukRotation, Rotations } from "./rotation-ports.ts";
export {
  type CardCertificate,
  type CardLife,
  type CardPasscodeRule,
  type CardProfile,
  type CardStanding,
  type CertificateSlot,
  cardStanding,
  certificateIn,
  expiryOf,
  isInDate,
  latestInDate,
  type Smartcard,
} from "./smartcard.ts";
