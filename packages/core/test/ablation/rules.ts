/** One rule of the engine, and the edit that takes it out. */
export interface Rule {
  rule: string
  file: string
  find: string
  replace: string
  /** The mix in which its absence shows. */
  mix: string
  /** Where the search begins, when a history that shows it is not among the first. */
  firstSeed?: number
  /** The invariants of which at least one must break. */
  breaks: RegExp
}

/** The rules that PROTOCOL calls needed, then those that each further invariant stands on. */
export const RULES: readonly Rule[] = [
  {
    rule: "after an apply the receiver remembers what it read back, not what it was sent",
    file: "src/flow/settle-apply.ts",
    find: "fields[name] = { fp, r: 0, ...answersOf(record, name, mine) }",
    replace: "fields[name] = { fp: fingerprint(record.fields[name]?.[0] ?? null), r: 0 }",
    mix: "rewrite",
    breaks: /^I[37]/,
  },
  {
    rule: "the host's row is locked from the read to the commit",
    file: "src/flow/run-apply.ts",
    find: "await tx.documents.lock(entity.name, ids)",
    replace: "",
    mix: "concurrent",
    breaks: /^I[12]/,
  },
  {
    rule: "a field that was sent again only because an ack was lost is skipped",
    file: "src/flow/merge-fields.ts",
    find: "if (r <= link.seen) continue",
    replace: "",
    mix: "drop",
    breaks: /^I[12]/,
  },
  {
    rule: "an equal value does not take away an edit that the peer has not seen",
    file: "src/flow/merge-fields.ts",
    find: "if (!unseenByAuthor) merge.taken.add(name)",
    replace: "merge.taken.add(name)",
    mix: "duplicate",
    breaks: /^I[12]/,
  },
  {
    rule: "an unknown delete leaves a tombstone",
    file: "src/flow/plan-apply.ts",
    find: 'answer("ok", link, record.rev), link }',
    replace: 'answer("ok", link, record.rev), link: null }',
    mix: "duplicate",
    firstSeed: 1290,
    breaks: /^I[1245]/,
  },
  {
    rule: "I1: what the author of a message had seen decides a conflict, not what the peer has acknowledged since",
    file: "src/flow/merge-fields.ts",
    find: "const unseenByAuthor = mine.r > record.seen",
    replace: "const unseenByAuthor = mine.r > link.acked",
    mix: "duplicate",
    firstSeed: 31,
    breaks: /^I[12]/,
  },
  {
    rule: "I2: a delete yields to an edit that its author had not seen",
    file: "src/flow/merge-aliveness.ts",
    find: 'return changedUnseen(link, record) ? { kind: "reassert" } : APPLIED[policy]',
    replace: "return APPLIED[policy]",
    mix: "concurrent",
    breaks: /^I[12]/,
  },
  {
    rule: "I2: edits that wait behind a delete are not covered by its ack",
    file: "src/flow/plan-push.ts",
    find: "alive ? holdBack(link, held, rev) : withheld(link)",
    replace: "link",
    mix: "concurrent",
    breaks: /^I[12]/,
  },
  {
    rule: "I2: the loser of a conflict is kept",
    file: "src/flow/merge-fields.ts",
    find: 'if (unseenByAuthor) lose(side, current[name] ?? null, revOfEdit(mine), fingerprint(value), "concurrent")',
    replace: "",
    mix: "concurrent",
    breaks: /^I2/,
  },
  {
    rule: "I3: what a host makes of a value is compared with that host's own value only",
    file: "src/flow/capture.ts",
    find: "if (fp === known(link, name).fp) return",
    replace: "if (fp === known(link, name).fp && link.rev > 3) return",
    mix: "none",
    breaks: /^I[37]/,
  },
  {
    rule: "I4: a record whose announcement is unanswered is adopted only when both sides have agreed",
    file: "src/flow/match.ts",
    find: 'if (waiting) return { kind: "await", localId: waiting.localId }',
    replace: 'if (waiting) return { kind: "adopt", localId: waiting.localId }',
    mix: "storm",
    firstSeed: 201,
    breaks: /^(I4|I1|threw)/,
  },
  {
    rule: "I4: a record is announced under one key until the peer answers",
    file: "src/flow/plan-push.ts",
    find: "(link.announced === null ? matchKeyOf(entity, document) : keyFromText(link.announced))",
    replace: "matchKeyOf(entity, document)",
    mix: "storm",
    firstSeed: 1160,
    breaks: /^(I4|I1|threw)/,
  },
  {
    rule: "3: who comes with a key that was announced and refused waits",
    file: "src/flow/capture.ts",
    find: "withdrawn: link.announced ?? link.withdrawn, ",
    replace: "",
    mix: "duplicate",
    firstSeed: 428872,
    breaks: /^I4/,
  },
  {
    rule: "15: a record that the peer has forgotten counts on, also when it is gone",
    file: "src/flow/plan-push.ts",
    find: " || link.lastSyncedAt !== null",
    replace: "",
    mix: "restore",
    firstSeed: 1660655648,
    breaks: /^I[1245]/,
  },
  {
    rule: "I5: a message that was incorporated already is stale",
    file: "src/flow/plan-apply.ts",
    find: 'if (record.rev <= seen) return { kind: "answer", result: answer("stale", mine, seen), link: mine }',
    replace: "",
    mix: "duplicate",
    breaks: /^I[1235]/,
  },
  {
    rule: "I6: a mark stays until the peer's answer is written down",
    file: "src/flow/prepare-push.ts",
    find: "await tx.marks.clear(quiet)",
    replace: "await tx.marks.clear(marks)",
    mix: "drop",
    breaks: /^I[124]/,
  },
  {
    rule: "I6: a mark is cleared only when nobody has changed the record meanwhile",
    file: "src/testing/memory-transaction.ts",
    find: "if (mark) store.put(table, localId, mark.n === n ? undefined : { ...mark, leasedUntil: 0 })",
    replace: "if (mark) store.put(table, localId, undefined)",
    mix: "concurrent",
    breaks: /^I[124]/,
  },
  {
    rule: "I7: what the sync wrote is no change",
    file: "src/flow/settle-apply.ts",
    find: "fields[name] = { fp, r: 0, ...answersOf(record, name, mine) }",
    replace: "fields[name] = { fp: mine.fp, r: 0 }",
    mix: "none",
    breaks: /^I7/,
  },
  {
    rule: "I8: a batch that fails is halved down to the record that is to blame",
    file: "src/flow/run-apply.ts",
    find: "if (records.length > 1) {",
    replace: "if (records.length > 1000) {",
    mix: "concurrent",
    firstSeed: 241,
    breaks: /^I8/,
  },
  {
    rule: "I9: only mapped fields are written",
    file: "src/flow/merge-fields.ts",
    find: "return field !== undefined && field[side] !== null && hasMembers(field) === isMember(name)",
    replace: "return true",
    mix: "concurrent",
    breaks: /^I9/,
  },
  {
    rule: "what only one side knows of yet is not lost",
    file: "src/repair/plan-repair.ts",
    find: 'if (theirs?.peer !== mine.localId && !isAlone) return { kind: "none" }',
    replace: "",
    mix: "upkeep",
    firstSeed: 51,
    breaks: /^I[145]/,
  },
  {
    rule: "parts go with their parent, and nobody is told of each",
    file: "src/flow/prepare-push.ts",
    find: "if (around.restsWithParent(before, row)) {",
    replace: "if (false) {",
    mix: "family",
    firstSeed: 755,
    breaks: /^I[127]/,
  },
  {
    rule: "parts come back with their parent",
    file: "src/flow/run-apply.ts",
    find: "await carryParts(ports.config, ports.side, tx, entity.name, turned)",
    replace: "",
    mix: "family-concurrent",
    firstSeed: 101,
    breaks: /^I[12]/,
  },
  {
    rule: "a record waits for what it refers to",
    file: "src/flow/references.ts",
    find: "if (!referred || (value !== null && !referred.present)) return null",
    replace: "if (!referred || (value !== null && !referred.present)) continue",
    mix: "family-concurrent",
    breaks: /^I[12]/,
  },
  {
    rule: "I8: a reference to a record that is stopped holds back nothing but itself",
    file: "src/flow/plan-push.ts",
    find: 'if (referred === "blocked" || inCircle || (referred === "ended" && value !== null)) held.push(name)',
    replace: "if (false) held.push(name)",
    mix: "family-concurrent",
    firstSeed: 181,
    breaks: /^I[1248]/,
  },
  {
    rule: "13: both sides compare how much of each other they have taken in",
    file: "src/repair/digest.ts",
    find: 'const [ofMedusa, ofDirectus] = side === "medusa" ? [acked, seen] : [seen, acked]\n  const bucket',
    replace: "const [ofMedusa, ofDirectus] = [0, 0]\n  const bucket",
    mix: "restore",
    breaks: /^I[12]/,
  },
  {
    rule: "14: only what the peer has heard is counted up",
    file: "src/flow/ask-peer.ts",
    find: "const message = envelope(ports, control, [])\n  const reply = await ports.transport.send(message)",
    replace:
      "await ports.beat()\n  const message = envelope(ports, control, [])\n  const reply = await ports.transport.send(message)",
    mix: "restore",
    firstSeed: 511,
    breaks: /^I[12]/,
  },
  {
    rule: "15: a database that was set back gives out no rev a second time",
    file: "src/link/link.ts",
    find: "past.length * LINEAGE",
    replace: "0 * past.length",
    mix: "restore",
    firstSeed: 61,
    breaks: /^I[12]/,
  },
  {
    rule: "16: nothing is taken before both sides have compared",
    file: "src/flow/run-apply.ts",
    find: "if (message.records.length > 0 && (control.repair ?? news?.repair))",
    replace: "if (false)",
    mix: "restore",
    breaks: /^I[12]/,
  },
  {
    rule: "16: who has lost something asks for it before it leaps over it",
    file: "src/repair/run-repair.ts",
    find: "if (lost.length > 0) {",
    replace: "if (false) {",
    mix: "restore",
    breaks: /^I[12]/,
  },
]

/** A rule whose absence no random history shows, since no history plays what it is made for. */
export interface TestedRule extends Pick<Rule, "rule" | "file" | "find" | "replace"> {
  /** The file of the test. */
  test: string
  /** The end of the test's name. */
  breaks: string
}

export const TESTED: readonly TestedRule[] = [
  {
    rule: "17: a copy does not even greet",
    file: "src/flow/ask-peer.ts",
    find: "if (isSilent(control)) return null",
    replace: "",
    test: "test/repair.test.ts",
    breaks: "sends and takes nothing until a person has said what it is, not even a greeting",
  },
  {
    rule: "17: a copy asks nothing",
    file: "src/flow/ask-peer.ts",
    find: "if (isSilent(control) || isOpen(control.breaker, ports.now())) return null",
    replace: "if (isOpen(control.breaker, ports.now())) return null",
    test: "test/repair.test.ts",
    breaks: "sends and takes nothing until a person has said what it is, not even a greeting",
  },
  {
    rule: "17: a copy takes nothing",
    file: "src/flow/run-apply.ts",
    find: 'if (control.paused?.code === "database_moved") return refuse("database_moved", control.paused.message)\n  if (isSilent(control))',
    replace: "if (false)",
    test: "test/repair.test.ts",
    breaks: "sends and takes nothing until a person has said what it is, not even a greeting",
  },
  {
    rule: "21: the control row is changed from what it says",
    file: "src/change-control.ts",
    find: "{ epoch, peerEpoch, ...from }",
    replace: "{ epoch, peerEpoch }",
    test: "test/change-control.test.ts",
    breaks: "a page that another process takes at the same time counts once",
  },
  {
    rule: "20: who has changed a record since it was leased is asked after it was read",
    file: "src/flow/prepare-push.ts",
    find: "byPeople.has(mark.localId) ? { automatic: false } : mark",
    replace: "mark",
    test: "test/automations.test.ts",
    breaks: "either when their edits are found %s [1]",
  },
]
