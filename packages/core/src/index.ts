// Documents
export type { CanonicalValue, Document, Side } from "./document/value.ts"
export { otherSide } from "./document/value.ts"
export { fingerprint, NULL_FINGERPRINT } from "./document/fingerprint.ts"
export { memberName } from "./document/names.ts"
export type { Codec, CodecType } from "./document/codecs.ts"
// Mapping
export { defineEntity, fieldOf, hasMembers, mayReceive } from "./mapping/entity.ts"
export type {
  Archive,
  DeletePolicy,
  EntityDefinition,
  EntityInput,
  FieldDefinition,
  FieldInput,
  KeyDefinition,
  Owner,
} from "./mapping/entity.ts"
export { parseTextKey, textKey } from "./mapping/translations.ts"
export type { TranslatedText, Translates } from "./mapping/translations.ts"
export { makeConfig, resolveConfig } from "./mapping/config.ts"
export type { Mapping, SyncConfig } from "./mapping/config.ts"
export { placesIn, settlePlaces } from "./mapping/places.ts"
export type { KnownPlaces, Place } from "./mapping/places.ts"
export { describeMapping } from "./mapping/describe-mapping.ts"
export type { MappedField, MappedKind } from "./mapping/describe-mapping.ts"
export { fromDocument, toDocument } from "./mapping/mapper.ts"
// Links and loop prevention
export type { FieldState, Link, LinkState, Standing } from "./link/link.ts"
export { isTombstone, needsPush } from "./link/link.ts"
export { generateSyncMetadata, isExternalSync } from "./link/sync-metadata.ts"
export type { SyncMetadata } from "./link/sync-metadata.ts"
// Flow
export { capture } from "./flow/capture.ts"
export { planPush } from "./flow/plan-push.ts"
export { pushOnce } from "./flow/run-push.ts"
export type { PushOutcome } from "./flow/run-push.ts"
export { runSender } from "./flow/run-sender.ts"
export type { Sender, SenderOptions } from "./flow/run-sender.ts"
export { notUnique } from "./flow/taken.ts"
export { planApply } from "./flow/plan-apply.ts"
export { settleApply } from "./flow/settle-apply.ts"
export { receive } from "./flow/run-apply.ts"
export { draftBases, isOvertaken, planPublish, yieldsToPeer } from "./flow/publish-draft.ts"
export type { DraftBase, DraftedField, PublishPlan } from "./flow/publish-draft.ts"
// Inbox and backfill
export { resolveConflict, tellResolved } from "./inbox/resolve-conflict.ts"
export type { Decision } from "./inbox/resolve-conflict.ts"
export { describeRecords } from "./inbox/describe-records.ts"
export type { Described, FieldOfRecord } from "./inbox/describe-records.ts"
export { discardRecord, listQuarantined, retryQuarantined, retryRecord } from "./inbox/quarantine.ts"
export type { Quarantined, RecordId } from "./inbox/quarantine.ts"
export type { RecordStateName } from "./inbox/record-state.ts"
export { readPeerInbox, readStates } from "./inbox/read-states.ts"
export type { PeerInbox, PeerOverview, PeerState, RecordState } from "./inbox/read-states.ts"
export type { Note, PartCounts, StateCause } from "./inbox/worst-state.ts"
export { sendNow } from "./inbox/send-now.ts"
export { readBackfill, startBackfill, steerBackfill } from "./backfill/backfill.ts"
export type { Backfill, BackfillOptions, BackfillProgress } from "./backfill/backfill.ts"
export { previewBackfill } from "./backfill/preview.ts"
export type { Preview } from "./backfill/preview.ts"
// Health
export { healthWhenOff, readHealth, statusOf } from "./health/health.ts"
export type { Health, HealthDetails } from "./health/health.ts"
export { plainHttp } from "./health/plain-http.ts"
export type { Alert, Problem, ProblemCode } from "./health/problem.ts"
export { checkConnection } from "./health/check-connection.ts"
export type { ConnectionCheck, ConnectionStep } from "./health/check-connection.ts"
// Repair
export { digestSql, isCompared, linkDigest, sumUp } from "./repair/digest.ts"
export type { Bucket, DigestedLink } from "./repair/digest.ts"
export type { RepairReport } from "./repair/run-repair.ts"
export { compareLinks, repairRecords, reportDrift } from "./repair/repair-records.ts"
export type { DriftReport, RepairRequest } from "./repair/repair-records.ts"
export { runSweep } from "./repair/run-sweep.ts"
export type { Sweep } from "./repair/run-sweep.ts"
export { sweepOnce } from "./repair/sweep.ts"
export type { Drift, SweepOptions } from "./repair/sweep.ts"
// Guards
export { whyImpossible } from "./guard/impossible.ts"
export { pauseByPerson, resumeByPerson, type ResumeOptions } from "./guard/pause.ts"
export { watched } from "./guard/silence.ts"
export { checkHome, postgresHome } from "./guard/home.ts"
export type { DatabaseAddress } from "./guard/home.ts"
// Wire
export { checkSecrets } from "./wire/check-secrets.ts"
export { HEADERS, directionKey, readHeaders, sign, webhookSecret } from "./wire/sign.ts"
export { LIMITS, parseMessage } from "./wire/messages.ts"
export type { Message, RecordResult, ToldConflict, ToldPause, WireRecord } from "./wire/messages.ts"
export { makeEndpoint } from "./wire/endpoint.ts"
export type { EndpointAnswer, EndpointRequest } from "./wire/endpoint.ts"
export { makeTransport } from "./wire/client.ts"
export { withDeadline } from "./wire/deadline.ts"
export type { HttpResponse, Post } from "./wire/exchange.ts"
export { LONGEST_ANSWER, readAnswer } from "./wire/read-answer.ts"
// Content for the store
export { makeContentClient } from "./wire/ask-content.ts"
export type { ContentAnswer } from "./wire/ask-content.ts"
export { makeContentEndpoint } from "./wire/answer-content.ts"
export { ANY_PUBLISHED } from "./wire/content.ts"
export type { ContentItem, ContentRequest } from "./wire/content.ts"
// Ports and errors
export type {
  Breaker,
  Conflict,
  ConflictStore,
  Control,
  ControlChange,
  DocumentStore,
  DocumentWrite,
  HostPorts,
  HostRow,
  IdPage,
  HostTransaction,
  JournalEntry,
  LinkCounts,
  LinkStore,
  Logger,
  Mark,
  MarkStore,
  MatchKey,
  Observed,
  OpenConflict,
  Pause,
  RecordCounts,
  Reply,
  StoredConflict,
  TakenValue,
  Transport,
} from "./ports.ts"
export { CLOSED } from "./guard/breaker.ts"
export { clockAlert } from "./guard/clock.ts"
export { retryDelay } from "./guard/retry.ts"
export { SIGHT_EVENTS, stillHidden } from "./guard/mass-delete.ts"
export type { Sight } from "./guard/sight.ts"
export { STATUS, SyncError, whereFrom } from "./errors.ts"
export type { ErrorCode } from "./errors.ts"
