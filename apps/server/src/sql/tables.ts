import type { ColumnType, Generated, GeneratedAlways } from "kysely";

/** `jsonb`: arrives parsed and unknown, leaves as text. */
type Json = ColumnType<unknown, string, string>;

/** `bytea`. */
type Bytes = ColumnType<Buffer, Uint8Array, Uint8Array>;

/**
 * Every table by name, as Kysely sees it. Types are node-postgres's own: int8 arrives as text (so
 * prefer `integer`), bytea as Buffer, timestamptz as Date. One truth with the migrations in `migrations/`.
 */
export interface Database {
  readonly organisation: OrganisationTable;
  readonly person: PersonTable;
  readonly person_name_word: PersonNameWordTable;
  readonly person_photo: PersonPhotoTable;
  readonly role_assignment: RoleAssignmentTable;
  readonly smartcard: SmartcardTable;
  readonly card_key_version: CardKeyVersionTable;
  readonly certificate: CertificateTable;
  readonly ceremony: CeremonyTable;
  readonly visit: VisitTable;
  readonly session: SessionTable;
  readonly desk: DeskTable;
  readonly node: NodeTable;
  readonly desk_leash: DeskLeashTable;
  readonly call_across: CallAcrossTable;
  readonly desk_code: DeskCodeTable;
  readonly desk_request: DeskRequestTable;
  readonly rotation_due: RotationDueTable;
  readonly puk_rotation: PukRotationTable;
  readonly card_incident: CardIncidentTable;
  readonly outbox: OutboxTable;
  readonly audit_entry: AuditEntryTable;
  readonly audit_unsealed: AuditUnsealedTable;
  readonly audit_leaf: AuditLeafTable;
  readonly audit_node: AuditNodeTable;
  readonly audit_checkpoint: AuditCheckpointTable;
}

export interface OrganisationTable {
  code: string;
  name: string;
  parent_code: string | null;
}

export interface PersonTable {
  care_id: string;
  title: string | null;
  given_names: string;
  family_name: string;
  /** `YYYY-MM-DD` as text: a calendar date has no time zone to go wrong in. */
  date_of_birth: string;
  email: string | null;
  other_email: string | null;
  phone: string | null;
  job_title: string | null;
  status: string;
  organisation_code: string;
}

export interface PersonNameWordTable {
  care_id: string;
  word: string;
}

export interface PersonPhotoTable {
  care_id: string;
  media_type: string;
  bytes: Bytes;
}

export interface RoleAssignmentTable {
  care_id: string;
  role: string;
  organisation_code: string;
  valid_from: Date;
  valid_until: Date | null;
}

export interface SmartcardTable {
  serial: string;
  care_id: string;
  issuance_id: string;
  life: string;
  profile: Json;
  issued_at: Date;
  seed: Bytes;
  key_version: number;
  puk_n: number;
  puk_hi: number;
  puk_refused: number | null;
  puk_tried: number | null;
  puk_tries_left: number;
  puk_frozen: boolean;
  puk_granted: number | null;
  puk_exposed: boolean;
}

export interface CardKeyVersionTable {
  card_serial: string;
  from_index: number;
  version: number;
}

export interface CertificateTable {
  key_hash: string;
  care_id: string;
  card_serial: string;
  slot: string;
  der: Bytes;
  not_before: Date;
  not_after: Date;
  revoked_at: Date | null;
}

export interface CeremonyTable {
  id: string;
  kind: string;
  /** Of `state`, in columns of their own for the indexes. */
  phase: string;
  /** Not yet over: by the ceremony's kind, whose phases the database does not know. */
  is_open: boolean;
  state: Json;
  card_serial: string;
  holder: string;
  operator: string;
  desk_id: string;
  session_id: string;
  insertion: string;
  expected_serial: string | null;
  started_at: Date;
  deadline: Date;
  notes: Json;
}

export interface VisitTable {
  id: string;
  purpose: string;
  state: string;
  cookie_hash: string;
  bind_hash: string | null;
  return_hash: string | null;
  desk_id: string | null;
  session_id: string | null;
  ceremony_id: string | null;
  nonce: string | null;
  result: ColumnType<unknown, string | null, string | null>;
  created_at: Date;
  deadline: Date;
}

export interface SessionTable {
  id: string;
  care_id: string;
  card_serial: string;
  desk_id: string;
  insertion: string;
  started_at: Date;
  last_seen_at: Date;
  proven_at: Date;
  leash_id: string | null;
  ended_at: Date | null;
  end_reason: string | null;
}

export interface DeskTable {
  id: string;
  name: string;
  key_hash: string;
  key: Bytes;
  organisation_code: string | null;
  enrolled_at: Date;
  enrolled_how: string;
  enrolled_by: string | null;
  last_seen_at: Date | null;
  revoked_at: Date | null;
}

export interface NodeTable {
  id: string;
  seen_at: Date;
}

export interface DeskLeashTable {
  desk_id: string;
  leash_id: string;
  node_id: string;
  name: string;
  view: Json;
}

export interface CallAcrossTable {
  id: string;
  from_node: string;
  to_node: string;
  leash_id: string;
  call: string;
  body: Json;
  asked_at: Date;
  taken: Generated<boolean>;
  reply: ColumnType<unknown, string | null, string | null>;
}

export interface DeskCodeTable {
  handle: string;
  verifier: Bytes;
  organisation_code: string;
  desk_name: string | null;
  made_at: Date;
  made_by: string | null;
  expires_at: Date;
  tries_left: number;
}

export interface DeskRequestTable {
  key_hash: string;
  key: Bytes;
  name: string;
  asked_at: Date;
  last_asked_at: Date;
  refused_at: Date | null;
}

export interface RotationDueTable {
  card_serial: string;
  desk_id: string;
}

export interface PukRotationTable {
  id: string;
  card_serial: string;
  desk_id: string;
  nonce: string;
  started_at: Date;
  state: Json;
}

export interface CardIncidentTable {
  card_serial: string;
  at: Date;
  first_desk: string;
  found_at: string;
}

export interface OutboxTable {
  message_id: string;
  event: string;
  ceremony_id: string;
  holder: string;
  address: string | null;
  subject: string;
  body: string;
  written_at: Date;
  queued_at: Generated<Date>;
  state: string;
  attempts: Generated<number>;
  due_at: Generated<Date>;
  lease: Generated<string | null>;
  leased_until: Generated<Date | null>;
  reason: Generated<string | null>;
}

export interface AuditEntryTable {
  seq: GeneratedAlways<string>;
  leaf: Bytes;
  openings: ColumnType<Buffer | null, Uint8Array, Uint8Array | null>;
  at: Date;
  action: string;
  actor: string | null;
  holder: string | null;
  card_serial: string | null;
  ceremony_id: string | null;
}

export interface AuditUnsealedTable {
  seq: string;
}

export interface AuditLeafTable {
  log_index: string;
  seq: string;
  hash: Bytes;
}

export interface AuditNodeTable {
  level: number;
  node_index: string;
  hash: Bytes;
}

export interface AuditCheckpointTable {
  size: string;
  note: string;
  signed_at: Date;
}
