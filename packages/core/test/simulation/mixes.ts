/** Probabilities of each fault, per step or per message. */
export interface Mix {
  name: string
  drop: number
  duplicate: number
  reorder: boolean
  /** Steps that a message may be held back. */
  delay: number
  crash: number
  lostHook: number
  /** The hosts change values at every write, never twice the same, and one of them has fewer status words. */
  rewrite: boolean
  /** The sync's own writes are marked as if somebody else had made them: skipping them only saves work. */
  ownMark: number
  /** Somebody writes the record while a message is being applied to it. */
  race: number
  /** A person types something that the other host refuses. */
  poison: number
  /** Nobody acts before everything is settled. */
  sequential: boolean
  /** What is ready is held back for a while, as a sender does while the peer applies the message before. */
  ahead: number
  /** A host's database is set back to a backup of it. */
  restore: number
  /** A backfill goes on, all links are compared, or what is stopped is tried again. */
  upkeep: number
  /** Things have parts, belong to groups, and groups stand below each other. */
  family: boolean
  /** The senders that ship run on a clock of their own, with real signatures; see `senders.ts`. */
  senders: boolean
  /** How many processes each host has: only with `senders`. */
  processes: number
  /** One side is of an older version, which refuses questions that it does not know, and is updated one day. */
  skew: boolean
  /** A host's clock is set, by up to a day. */
  clock: number
  /** Somebody holds a row of a host for up to twenty minutes. */
  busy: number
  /** A host begins to take one to sixty seconds for a message, or is quick again. */
  slow: number
  /** So few records are taken at once that each limit is crossed. */
  tiny: boolean
  /** Groups are deleted under every pair of policies, and what refers to one is emptied or hidden with it. */
  keeps: boolean
  /** A host begins to keep a field in another column, or in none. */
  moves: number
  /** Who deletes a part makes it anew under its key, in the same moment. */
  replaces: number
  /** Both hosts have records from before the sync, and no sweep tells of them. */
  untold: boolean
  /** A host's automation rewrites a note that arrives. */
  automations: number
  /** Records of a host exchange their slugs at one stroke, or go round. */
  exchanges: number
}

const quiet: Mix = {
  name: "",
  drop: 0,
  duplicate: 0,
  reorder: false,
  delay: 0,
  crash: 0,
  lostHook: 0,
  rewrite: false,
  ownMark: 0,
  race: 0,
  poison: 0,
  sequential: false,
  ahead: 0,
  restore: 0,
  upkeep: 0,
  senders: false,
  processes: 1,
  skew: false,
  clock: 0,
  busy: 0,
  slow: 0,
  tiny: false,
  family: false,
  keeps: false,
  moves: 0,
  replaces: 0,
  untold: false,
  automations: 0,
  exchanges: 0,
}

const senders: Mix = { ...quiet, senders: true, drop: 0.05, poison: 0.02 }

export const MIXES: readonly Mix[] = [
  { ...quiet, name: "none", sequential: true },
  { ...quiet, name: "concurrent", delay: 4, race: 0.1, poison: 0.02 },
  { ...quiet, name: "drop", drop: 0.25, delay: 4, race: 0.1 },
  { ...quiet, name: "duplicate", duplicate: 0.3, reorder: true, delay: 30, race: 0.1 },
  { ...quiet, name: "crash", crash: 0.15, delay: 4, race: 0.1 },
  { ...quiet, name: "lost-hooks", lostHook: 0.4, drop: 0.05, delay: 4, race: 0.1 },
  { ...quiet, name: "rewrite", rewrite: true, ownMark: 0.5, drop: 0.1, delay: 4, race: 0.1 },
  {
    ...quiet,
    name: "storm",
    drop: 0.15,
    duplicate: 0.15,
    reorder: true,
    delay: 40,
    crash: 0.1,
    lostHook: 0.15,
    rewrite: true,
    ownMark: 0.2,
    race: 0.2,
    poison: 0.02,
    sequential: false,
    ahead: 0,
    restore: 0,
    upkeep: 0,
    family: false,
    keeps: false,
  },
  { ...quiet, name: "ahead", ahead: 0.5, drop: 0.1, reorder: true, delay: 20, crash: 0.05, race: 0.1 },
  { ...quiet, name: "family", sequential: true, family: true },
  { ...quiet, name: "family-concurrent", delay: 4, race: 0.1, poison: 0.02, family: true },
  {
    ...quiet,
    name: "family-storm",
    drop: 0.15,
    duplicate: 0.15,
    reorder: true,
    delay: 40,
    crash: 0.1,
    lostHook: 0.15,
    rewrite: true,
    ownMark: 0.2,
    race: 0.2,
    poison: 0.02,
    sequential: false,
    ahead: 0,
    restore: 0,
    upkeep: 0,
    family: true,
    keeps: false,
  },
  { ...quiet, name: "family-ahead", ahead: 0.5, drop: 0.1, delay: 20, crash: 0.05, race: 0.1, family: true },
  { ...quiet, name: "keeps", sequential: true, family: true, keeps: true },
  { ...quiet, name: "keeps-concurrent", delay: 4, race: 0.1, poison: 0.02, family: true, keeps: true },
  {
    ...quiet,
    name: "keeps-storm",
    drop: 0.15,
    duplicate: 0.15,
    reorder: true,
    delay: 40,
    crash: 0.1,
    lostHook: 0.15,
    race: 0.2,
    ahead: 0.2,
    upkeep: 0.03,
    family: true,
    keeps: true,
  },
  { ...quiet, name: "family-untold", drop: 0.1, crash: 0.05, delay: 4, race: 0.1, family: true, untold: true },
  { ...quiet, name: "replaced", delay: 4, family: true, replaces: 0.7 },
  { ...quiet, name: "automations", automations: 0.8, drop: 0.05, crash: 0.05, delay: 4, race: 0.1 },
  { ...quiet, name: "exchanges", sequential: true, exchanges: 0.3 },
  { ...quiet, name: "exchanges-storm", exchanges: 0.3, drop: 0.1, crash: 0.05, reorder: true, delay: 10, race: 0.1 },
  { ...quiet, name: "restore", restore: 0.05, drop: 0.1, delay: 4, race: 0.1 },
  { ...quiet, name: "upkeep", upkeep: 0.1, drop: 0.1, crash: 0.05, delay: 4, race: 0.1, poison: 0.02 },
  { ...quiet, name: "family-upkeep", upkeep: 0.1, drop: 0.1, crash: 0.05, delay: 4, race: 0.1, family: true },
  { ...quiet, name: "moves", moves: 0.08, delay: 4, race: 0.1 },
  {
    ...quiet,
    name: "moves-storm",
    moves: 0.05,
    drop: 0.1,
    duplicate: 0.1,
    reorder: true,
    delay: 20,
    crash: 0.05,
    race: 0.1,
  },
  { ...quiet, name: "ahead-restore", ahead: 0.5, restore: 0.05, drop: 0.1, delay: 10, race: 0.1 },
  { ...senders, name: "senders" },
  { ...senders, name: "clock", clock: 0.1 },
  { ...senders, name: "busy", busy: 0.2 },
  { ...senders, name: "slow", slow: 0.1, tiny: true },
  { ...senders, name: "tiny", tiny: true, restore: 0.15, upkeep: 0.05 },
  { ...senders, name: "senders-storm", tiny: true, clock: 0.05, busy: 0.1, slow: 0.05, upkeep: 0.02 },
  { ...senders, name: "kills", crash: 0.2 },
  { ...senders, name: "processes", processes: 2, crash: 0.05, busy: 0.05, tiny: true },
  { ...senders, name: "skew", poison: 0, skew: true, moves: 0.06, crash: 0.02 },
  { ...senders, name: "family-senders", family: true },
  { ...senders, name: "family-kills", family: true, processes: 2, crash: 0.1, tiny: true },
  { ...quiet, name: "family-restore", restore: 0.05, drop: 0.1, delay: 4, race: 0.1, family: true },
]
