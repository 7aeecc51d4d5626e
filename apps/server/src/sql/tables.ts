/**
 * Every table by name, as Kysely sees it. Types are node-postgres's own: int8 arrives as text (so
 * prefer `integer`), bytea as Buffer, timestamptz as Date. One truth with the migrations in `migrations/`.
 */
// biome-ignore lint/suspicious/noEmptyInterface: the first migration fills it
export interface Database {}
