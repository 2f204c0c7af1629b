// For the two hosts and the command line. Names may change with any version; shops use the main entry.
export * from "./index.ts"
// Documents
export { otherSide } from "./document/value.ts"
export { fingerprint, NULL_FINGERPRINT } from "./document/fingerprint.ts"
export { memberName } from "./document/names.ts"
export { canonicalDecimal } from "./document/codecs.ts"
export type { Codec } from "./document/codecs.ts"
// Mapping
export { fieldOf, hasMembers, mayReceive } from "./mapping/entity.ts"
export { parseTextKey, textKey } from "./mapping/translations.ts"
export type { TranslatedText } from "./mapping/translations.ts"
export { makeConfig } from "./mapping/config.ts"
export { placesIn } from "./mapping/places.ts"
export { settlePlaces } from "./run/settle-places.ts"
export type { Place } from "./mapping/places.ts"
// Links and loop prevention
export { isTombstone, needsPush, referringTo } from "./link/link.ts"
// One record, taking and sending
export { capture } from "./record/capture.ts"
export { planPush } from "./record/plan-push.ts"
export { pushOnce } from "./run/run-push.ts"
export type { PushOutcome } from "./run/run-push.ts"
export { runSender } from "./run/run-sender.ts"
export type { Sender, SenderOptions } from "./run/run-sender.ts"
export { notUnique, refusedBehind, refusedValue } from "./record/taken.ts"
export { releaseFields } from "./record/release.ts"
export { apartSql, countApart } from "./record/apart.ts"
export { planApply } from "./apply/plan-apply.ts"
export { settleApply } from "./apply/settle-apply.ts"
export { receive } from "./run/run-apply.ts"
export { draftBases, isOvertaken, planPublish, yieldsToPeer } from "./record/publish-draft.ts"
export type { DraftBase, DraftedField, PublishPlan } from "./record/publish-draft.ts"
// Inbox and backfill
export { resolveConflict, tellResolved } from "./inbox/resolve-conflict.ts"
export type { Decision } from "./inbox/resolve-conflict.ts"
export { describeRecords } from "./inbox/describe-records.ts"
export type { Described, FieldOfRecord } from "./inbox/describe-records.ts"
export { discardRecord, listQuarantined, retryQuarantined, retryRecord } from "./inbox/quarantine.ts"
export type { Quarantined, RecordId } from "./inbox/quarantine.ts"
export { readNeeded } from "./inbox/read-needed.ts"
export type { Needed } from "./inbox/read-needed.ts"
export type { RecordStateName } from "./operate/states.ts"
export { readPeerInbox, readStates } from "./inbox/read-states.ts"
export type { PeerInbox, PeerOverview, PeerState, RecordState } from "./inbox/read-states.ts"
export type { Note, PartCounts, StateCause } from "./operate/states.ts"
export { sendNow } from "./inbox/send-now.ts"
export { readBackfill, startBackfill, steerBackfill } from "./backfill/backfill.ts"
// Jobs
export { runJobs } from "./run/run-jobs.ts"
export { resultOf } from "./run/tell-job.ts"
export type { Jobs } from "./run/run-jobs.ts"
export type {
  Backfill,
  BackfillOptions,
  BackfillProgress,
  Brought,
  Drift,
  DriftReport,
  HeldJob,
  Job,
  JobKind,
  JobKinds,
  JobStore,
  Losses,
  LostValue,
  Preview,
  RepairWishes,
  WalkKind,
} from "./operate/job.ts"
// Health
export { healthWhenOff, readHealth, statusOf } from "./health/health.ts"
export type { Health, HealthDetails } from "./health/health.ts"
export { plainHttp } from "./health/plain-http.ts"
export { checkConnection } from "./health/check-connection.ts"
export type { ConnectionCheck, ConnectionStep } from "./operate/check-steps.ts"
// Repair
export { digestSql, isCompared, linkDigest, sumUp } from "./link/digest.ts"
export type { Bucket, DigestedLink } from "./link/digest.ts"
export type { RepairReport } from "./repair/run-repair.ts"
export { compareLinks, repairRecords } from "./repair/repair-records.ts"
export type { RepairRequest } from "./repair/repair-records.ts"
export { runSweep } from "./run/run-sweep.ts"
export type { Sweep } from "./run/run-sweep.ts"
export { sweepOnce } from "./repair/sweep.ts"
export type { SweepOptions } from "./repair/sweep.ts"
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
export { makeEndpoint } from "./run/endpoint.ts"
export type { EndpointAnswer, EndpointRequest } from "./wire/signed-answer.ts"
export { makeTransport } from "./run/client.ts"
export { withDeadline } from "./wire/deadline.ts"
export type { HttpResponse, Post } from "./wire/exchange.ts"
export { LONGEST_ANSWER, readAnswer } from "./wire/read-answer.ts"
// Content for the store
export { makeContentClient } from "./run/ask-content.ts"
export type { ContentAnswer } from "./run/ask-content.ts"
export { makeContentEndpoint } from "./run/answer-content.ts"
export { ANY_PUBLISHED } from "./wire/content.ts"
export type { ContentItem, ContentRequest } from "./wire/content.ts"
// Ports and errors
export type { Breaker, Control, ControlChange, Pause } from "./control.ts"
export type { KnownPlaces } from "./mapping/entity.ts"
export type {
  ApartCounts,
  Conflict,
  ConflictStore,
  DocumentStore,
  DocumentWrite,
  HostPorts,
  HostRow,
  IdPage,
  HostTransaction,
  CountedLine,
  JournalEntry,
  LinkCounts,
  LinkStore,
  Logger,
  Mark,
  MarkStore,
  MatchKey,
  Observed,
  OpenConflict,
  RecordCounts,
  Reply,
  Shop,
  StoredConflict,
  TakenValue,
  Transport,
} from "./ports.ts"
export { CLOSED } from "./guard/breaker.ts"
export { clockAlert } from "./guard/clock.ts"
export { retryDelay } from "./retry.ts"
export { COUNTED_EVENTS } from "./guard/mass-delete.ts"
export type { Sight } from "./ports.ts"
export { outage, STATUS, whereFrom } from "./errors.ts"
export { outageOf } from "./guard/outage.ts"
