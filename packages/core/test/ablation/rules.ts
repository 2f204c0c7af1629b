/** One rule of the engine, and the edit that takes it out. */
export interface Rule {
  rule: string
  file: string
  find: string
  replace: string
  /** The mix in which its absence shows. */
  mix: string
  /** The invariants of which at least one must break. */
  breaks: RegExp
}

/** The rules that PROTOCOL calls needed, then those that each further invariant stands on. */
export const RULES: readonly Rule[] = [
  {
    rule: "after an apply the receiver remembers what it read back, not what it was sent",
    file: "src/flow/settle-apply.ts",
    find: "if (draft.taken.has(name)) fields[name] = { fp, r: 0 }",
    replace: "if (draft.taken.has(name)) fields[name] = { fp: fingerprint(record.fields[name]?.[0] ?? null), r: 0 }",
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
    breaks: /^I[1245]/,
  },
  {
    rule: "I1: what the author of a message had seen decides a conflict, not what the peer has acknowledged since",
    file: "src/flow/merge-fields.ts",
    find: "const unseenByAuthor = mine.r > record.seen",
    replace: "const unseenByAuthor = mine.r > link.acked",
    mix: "duplicate",
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
    find: "...(alive ? link : withheld(link))",
    replace: "...link",
    mix: "concurrent",
    breaks: /^I[12]/,
  },
  {
    rule: "I2: the loser of a conflict is kept",
    file: "src/flow/merge-fields.ts",
    find: 'if (unseenByAuthor) lose(side, current[name] ?? null, mine.r, fingerprint(value), "concurrent")',
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
    breaks: /^(I4|I1|threw)/,
  },
  {
    rule: "I4: a record is announced under one key until the peer answers",
    file: "src/flow/plan-push.ts",
    find: "(link.announced === null ? matchKeyOf(entity, document) : keyFromText(link.announced))",
    replace: "matchKeyOf(entity, document)",
    mix: "storm",
    breaks: /^(I4|I1|threw)/,
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
    file: "src/flow/run-push.ts",
    find: "await tx.marks.clear(quiet)",
    replace: "await tx.marks.clear(mine)",
    mix: "drop",
    breaks: /^I[124]/,
  },
  {
    rule: "I6: a mark is cleared only when nobody has changed the record meanwhile",
    file: "src/testing/memory-host.ts",
    find: "if (mark) this.#put(table, localId, mark.n === n ? undefined : { ...mark, leasedUntil: 0 })",
    replace: "if (mark) this.#put(table, localId, undefined)",
    mix: "concurrent",
    breaks: /^I[124]/,
  },
  {
    rule: "I7: what the sync wrote is no change",
    file: "src/flow/settle-apply.ts",
    find: "if (draft.taken.has(name)) fields[name] = { fp, r: 0 }",
    replace: "if (draft.taken.has(name)) fields[name] = { fp: mine.fp, r: 0 }",
    mix: "none",
    breaks: /^I7/,
  },
  {
    rule: "I8: a batch that fails is halved down to the record that is to blame",
    file: "src/flow/run-apply.ts",
    find: "if (records.length > 1) {",
    replace: "if (records.length > 1000) {",
    mix: "concurrent",
    breaks: /^I8/,
  },
  {
    rule: "I9: only mapped fields are written",
    file: "src/flow/merge-fields.ts",
    find: 'return field !== undefined && (field.type === "set") === isMember(name)',
    replace: "return true",
    mix: "concurrent",
    breaks: /^I9/,
  },
]
