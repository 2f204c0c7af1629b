// For shops, and for whoever builds on the sync: what is mapped, a record's metadata, and errors.
// The two hosts use `medusa-directus-core/host`.
export type { CanonicalValue, Document, Side } from "./document/value.ts"
export type { CodecType } from "./document/codecs.ts"
export { defineEntity } from "./mapping/entity.ts"
export type {
  Archive,
  DeletePolicy,
  EntityDefinition,
  EntityInput,
  FieldDefinition,
  FieldInput,
  KeyDefinition,
  Owner,
  Translates,
} from "./mapping/entity.ts"
export { resolveConfig } from "./mapping/config.ts"
export type { Mapping, SyncConfig } from "./mapping/config.ts"
export { describeMapping } from "./mapping/describe-mapping.ts"
export type { MappedField, MappedKind } from "./mapping/describe-mapping.ts"
export { fromDocument, toDocument } from "./mapping/mapper.ts"
export type { FieldState, Link, LinkState, Standing } from "./link/link.ts"
export { generateSyncMetadata, isExternalSync } from "./link/sync-metadata.ts"
export type { SyncMetadata } from "./link/sync-metadata.ts"
export { SyncError } from "./errors.ts"
export type { ErrorCode } from "./errors.ts"
