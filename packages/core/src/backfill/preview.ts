import { fingerprint } from "../document/fingerprint.ts"
import { SyncError } from "../errors.ts"
import { askedBack, uncoveredRow } from "../repair/ask-back.ts"
import { capture, parentIn } from "../record/capture.ts"
import { askOnce, isTooLarge } from "../send/ask-peer.ts"
import { indexBy } from "../group-by.ts"
import { seeLost, type SeenRow } from "../record/lost.ts"
import { broughtBack } from "../family/parts.ts"
import { keyText } from "../record/match-key.ts"
import { planPush } from "../record/plan-push.ts"
import { lookAround, unlinkedIn } from "../family/references.ts"
import { isUnreleased, showsDocument } from "../record/release.ts"
import { describeRecords, titleIn } from "../inbox/describe-records.ts"
import { excerpt } from "../inbox/tell-states.ts"
import { firstRev, type Link } from "../link/link.ts"
import type { EntityDefinition } from "../mapping/entity.ts"
import { NO_ROW, type HostPorts, type IdPage, type HostControl, type HostDatabase, type HostSelf } from "../ports.ts"
import { SIZES } from "../sizes.ts"
import { LIMITS, type Answer, type Ask, type WireRecord } from "../wire/messages.ts"
import type { LostCount, LostValue, Preview, Showing, Stopped } from "../operate/job.ts"
import { sampleOf } from "./losses.ts"

type Told = Extract<Answer, { kind: "preview" }>
type Outcome = Told["outcomes"][number]
type Pairs = NonNullable<Extract<Ask, { kind: "preview" }>["pairs"]>

const PROBLEMS = 100

/** What is foreseen before the first page. */
export const NOTHING_FORESEEN: Preview = {
  create: 0,
  back: 0,
  match: 0,
  change: 0,
  same: 0,
  stopped: 0,
  problems: [],
  losses: { count: 0, fields: [], sample: [] },
  showing: null,
}

interface Page {
  records: WireRecord[]
  /** What has to wait for another record, and says so by itself. */
  waiting: { localId: string; reason: string }[]
  page: IdPage
  /** What the peer has deleted, and would have again. */
  back: string[]
  /** Those of them that come back by themselves, and not with what they are parts of. */
  alone: number
  /** Of products, those that would be shown by a backfill that publishes: they wait for it, or come back. */
  unshown: string[]
  /** Products of which a variant has a price. */
  priced: string[]
  /** Of each record, the records that it refers to and that are not linked. */
  unlinked: Map<WireRecord, { entity: string; id: string }[]>
}

/**
 * One preview under way: asks the peer what it would do with each record here, page by page, kind by kind in the order of the
 * mapping. It remembers what the pages before have shown. Nothing is written on either side.
 */
export class PreviewWalk {
  readonly #ports: HostPorts
  readonly #counts: Record<Outcome["st"] | "back", number> = {
    create: 0,
    back: 0,
    match: 0,
    change: 0,
    same: 0,
    stopped: 0,
  }
  readonly #problems: Omit<Stopped, "title" | "parentTitle">[] = []
  readonly #lost = new Map<string, LostCount>()
  readonly #sample: Omit<LostValue, "title" | "parentTitle">[] = []
  /** By kind and id, what the peer has or makes of records that are not linked yet. */
  readonly #pairs = new Map<string, { peer: string | null; title: string | null }>()
  /** By the fingerprint of kind and key, what the peer has or makes of the first record that is announced under it. */
  readonly #keys = new Map<string, string | null>()
  /** By kind and id, what is asked back: its parts come with it. */
  readonly #back = new Set<string>()
  /** Kinds that others refer to: of them the pairs are kept. */
  readonly #referred: ReadonlySet<string | undefined>
  readonly #published = new Set<string>()
  readonly #priced = new Set<string>()
  #turned = 0
  #variants = 0
  #channels: string[] = []

  /** Of the kind under way, those that come behind others of their own kind. */
  #later: WireRecord[] = []
  readonly #refersTo = new Map<WireRecord, { entity: string; id: string }[]>()
  #hasProducts = false
  readonly #walked = new Set<string>()
  readonly #leavesDeleted: boolean

  /** @param leavesDeleted - what the peer has deleted stays away there. */
  constructor(ports: HostPorts, leavesDeleted = false) {
    this.#ports = ports
    this.#leavesDeleted = leavesDeleted
    const fields = [...ports.config.entities.values()].flatMap((entity) => [...entity.fields.values()])
    this.#referred = new Set(fields.map(({ to }) => to))
  }

  /** The next page. @returns `null` when the peer does not answer: then this walk is over. */
  async step(kind: string, after: string | null): Promise<IdPage | null> {
    const entity = this.#ports.config.entities.get(kind)
    if (!entity) throw new SyncError("invalid_options", `The kind "${kind}" is not mapped.`)
    this.#hasProducts ||= kind === "product"
    this.#walked.add(kind)
    const { records, waiting, page, unlinked, back, ...found } = await recordsToTell(
      this.#ports,
      entity,
      after,
      this.#leavesDeleted ? null : this.#back,
    )
    for (const id of back) this.#back.add(nameOf(kind, id))
    for (const id of found.unshown) this.#published.add(id)
    for (const id of found.priced) this.#priced.add(id)
    if (kind === "variant") this.#variants += found.alone
    for (const [record, of] of unlinked) this.#refersTo.set(record, of)
    const ready = records.filter((record) => this.#isKnown(entity, record))
    if (!(await this.#ask(ready))) return null
    this.#counts.same += page.ids.length - records.length - waiting.length
    for (const each of waiting) this.#stop(entity.name, each.localId, each.reason)
    for (const record of ready) this.#refersTo.delete(record)
    this.#later.push(...records.filter((record) => !ready.includes(record)))
    return page.next !== null || (await this.#askLater(entity)) ? page : null
  }

  #isKnown({ name }: EntityDefinition, record: WireRecord): boolean {
    const of = this.#refersTo.get(record) ?? []
    return of.every(({ entity: kind, id }) => kind !== name || this.#pairs.has(nameOf(kind, id)))
  }

  /** Those that refer to others of their own kind come behind them, and what then still waits would stop. */
  async #askLater(entity: EntityDefinition): Promise<boolean> {
    while (this.#later.length > 0) {
      const known = this.#later.filter((record) => this.#isKnown(entity, record))
      const ready = new Set(known.length > 0 ? known : this.#later)
      if (!(await this.#ask([...ready]))) return false
      this.#later = this.#later.filter((record) => !ready.has(record))
    }
    this.#refersTo.clear()
    return true
  }

  async #ask(records: WireRecord[]): Promise<boolean> {
    for (const batch of batches(records)) if (!(await this.#askBatch(batch))) return false
    return true
  }

  async #askBatch(batch: WireRecord[]): Promise<boolean> {
    const { made, taken } = this.#keysTaken(batch)
    // Of a key under which one would be made by then, the peer has nothing yet: the key is asked about before those that want it.
    const records = [...made, ...batch]
    const pairs = [...taken, ...this.#pairsFor(batch)].slice(0, LIMITS.pairs)
    const half = Math.ceil(batch.length / 2)
    const askHalves = async (): Promise<boolean> =>
      (await this.#askBatch(batch.slice(0, half))) && this.#askBatch(batch.slice(half))
    if (records.length > LIMITS.records) return askHalves()
    const reply = await askOnce(this.#ports, { kind: "preview", records, pairs })
    if (isTooLarge(reply)) {
      const [only, ...others] = batch
      if (!only || others.length > 0) return askHalves()
      this.#stop(only.entity, only.id, `${reply.code}: ${reply.message}`)
      return true
    }
    if (reply?.kind !== "results" || reply.answer?.kind !== "preview") return false
    this.#take(batch, made.length, reply.answer)
    return true
  }

  #pairsFor(batch: readonly WireRecord[]): Pairs {
    const referred = new Map(
      batch.flatMap((record) => this.#refersTo.get(record) ?? []).map((each) => [nameOf(each.entity, each.id), each]),
    )
    return [...referred].flatMap(([name, { entity, id }]) => {
      // What nobody has told of, of a kind that is not walked, comes along.
      const along = this.#walked.has(entity) ? undefined : { peer: null, title: null }
      const pair = this.#pairs.get(name) ?? along
      return pair ? [{ entity, id, ...pair }] : []
    })
  }

  /** What records that were asked about before have, or are made under, of the keys that these are announced under. */
  #keysTaken(batch: readonly WireRecord[]): { made: WireRecord[]; taken: Pairs } {
    const made = new Map<string, WireRecord>()
    const taken = new Map<string, Pairs[number]>()
    for (const record of batch) {
      const key = announcedAs(record)
      const peer = key === null ? undefined : this.#keys.get(key)
      if (key === null || peer === undefined) continue
      if (peer === null) made.set(key, underKey(this.#ports.config.entities.get(record.entity), record, key))
      else taken.set(key, { entity: record.entity, id: key, peer, title: null })
    }
    return { made: [...made.values()], taken: [...taken.values()] }
  }

  /** @param before - records of the question that stand before these, and of which the answer is known. */
  #take(batch: readonly WireRecord[], before: number, { outcomes, sample, channels }: Told): void {
    if (channels.length > 0) this.#channels = channels
    for (const [i, record] of batch.entries()) {
      const { entity, id } = record
      const outcome = outcomes[before + i] ?? { st: "stopped", reason: "The other side did not answer this record." }
      if (outcome.st === "stopped") {
        this.#stop(entity, id, outcome.reason ?? "")
        continue
      }
      this.#counts[outcome.st !== "same" && this.#back.has(nameOf(entity, id)) ? "back" : outcome.st]++
      this.#noteKey(record, outcome)
      if (record.peer === null && this.#referred.has(entity)) this.#notePair(record, outcome.peer ?? null)
      if (outcome.shown && outcome.st === "create") this.#published.add(id)
      else if (outcome.shown) this.#turned++
      for (const { field, side, count } of outcome.lost ?? []) {
        const name = `${entity} ${field} ${side}`
        this.#lost.set(name, { entity, field, side, count: (this.#lost.get(name)?.count ?? 0) + count })
      }
    }
    for (const { record: place, ...lost } of sample) {
      const record = batch[place - before]
      if (record) this.#sample.push({ entity: record.entity, localId: record.id, ...lost })
    }
  }

  #stop(entity: string, localId: string, reason: string): void {
    this.#counts.stopped++
    if (this.#problems.length < PROBLEMS) this.#problems.push({ entity, localId, reason })
  }

  #noteKey(record: WireRecord, { st, peer }: Outcome): void {
    const key = announcedAs(record)
    if (key !== null && (st === "create" || peer !== undefined) && !this.#keys.has(key))
      this.#keys.set(key, peer ?? null)
  }

  /** What the peer has already says its own title. */
  #notePair({ entity, id, fields }: WireRecord, peer: string | null): void {
    const document = Object.fromEntries(Object.entries(fields).map(([name, [value]]) => [name, value]))
    const title = peer === null ? excerpt(titleIn(this.#ports.config.entities.get(entity), document)) : null
    this.#pairs.set(nameOf(entity, id), { peer, title })
  }

  /** @param isOver - the problems and the sample tell which records they are of. */
  async result(isOver: boolean): Promise<Preview> {
    const chosen = sampleOf(this.#sample, ({ entity, field, side }) => `${entity} ${field} ${side}`)
    const shown = isOver ? [...chosen, ...this.#problems] : []
    const described = shown.length > 0 ? await describeRecords(this.#ports, shown) : []
    const titlesOf = (place: number): Pick<Stopped, "title" | "parentTitle"> => {
      const { title = null, parentTitle = null } = described[place] ?? {}
      return { title, parentTitle }
    }
    const fields = [...this.#lost.values()].sort((a, b) => b.count - a.count)
    return {
      ...this.#counts,
      problems: this.#problems.map((problem, i) => ({ ...problem, ...titlesOf(chosen.length + i) })),
      losses: {
        count: fields.reduce((sum, { count }) => sum + count, 0),
        fields,
        sample: chosen.map((lost, i): LostValue => ({ ...lost, ...titlesOf(i) })),
      },
      showing: this.#ports.side === "medusa" || !this.#hasProducts ? null : this.#showing(),
    }
  }

  #showing(): Showing {
    return {
      published: this.#published.size,
      withoutPrice: [...this.#published].filter((id) => !this.#priced.has(id)).length,
      turned: this.#turned,
      variants: this.#variants,
      channels: this.#channels,
    }
  }
}

/** The kind and key under which a record is new to the peer, in 22 characters; `null` = it is known there, or has no key. */
const announcedAs = ({ entity, peer, key }: WireRecord): string | null =>
  peer === null && key !== null ? fingerprint([entity, keyText(key)]) : null

/** A record of this key and of nothing else. */
function underKey(entity: EntityDefinition | undefined, record: WireRecord, id: string): WireRecord {
  const names = [record.key?.field, entity?.parent].filter((name) => name != null)
  const fields = Object.fromEntries(names.flatMap((name) => (record.fields[name] ? [[name, record.fields[name]]] : [])))
  return { ...record, id, fields }
}

const nameOf = (kind: string, id: string): string => `${kind} ${id}`

function pricedIn({ fields }: SeenRow): string[] {
  const { product, prices } = fields ?? {}
  return typeof product === "string" && Array.isArray(prices) && prices.length > 0 ? [product] : []
}

/** @param asked - what comes back by then; `null`: nothing is asked back. */
async function recordsToTell(
  ports: HostSelf & HostDatabase & HostControl,
  entity: EntityDefinition,
  after: string | null,
  asked: ReadonlySet<string> | null,
): Promise<Page> {
  const base = firstRev((await ports.readControl()).past)
  const parentKind = entity.fields.get(entity.parent ?? "")?.to ?? ""
  return ports.transaction(async (tx) => {
    const page = await tx.documents.page(entity.name, after, SIZES.page)
    const { ids } = page
    const links = indexBy(await tx.links.find(entity.name, ids), ({ localId }) => localId)
    const rows = await seeLost(tx, entity, links, await tx.documents.read(entity.name, ids))
    const around = await lookAround(tx, entity, links, rows)
    const records: WireRecord[] = []
    const waiting: Page["waiting"] = []
    const back: string[] = []
    const unshown: string[] = []
    const priced: string[] = []
    let alone = 0
    for (const localId of ids) {
      const row = rows.get(localId) ?? NO_ROW
      const link = links.get(localId) ?? null
      priced.push(...pricedIn(row))
      const parent = (row.fields && parentIn(entity, row.fields)) ?? link?.parentId ?? ""
      const comesBack = asked?.has(nameOf(parentKind, parent)) ?? false
      if (!row.present || (!comesBack && around.restsWithParent(link, row))) continue
      const told = asked && link ? toldBack(entity, ports.side, link, row, comesBack) : { link, row, isBack: false }
      if (told.isBack) back.push(localId)
      if (told.isBack && !comesBack) alone++
      const isShown = showsDocument(entity, row.fields ?? {})
      if (isShown && (told.isBack || (link !== null && isUnreleased(link)))) unshown.push(localId)
      const captured = capture(entity, told.link, localId, told.row, base)
      const plan = captured && planPush(entity, captured.link, told.row, around.known)
      if (plan?.kind === "send") records.push(plan.record)
      if (plan?.kind === "wait") waiting.push({ localId, reason: plan.link.reason ?? "" })
    }
    return { records, waiting, page, back, alone, unshown, priced, unlinked: await unlinkedIn(tx, entity, records) }
  })
}

/** A record as it is told when it is asked back, by itself or with its parent; any other one as it is. */
function toldBack(
  entity: EntityDefinition,
  side: HostPorts["side"],
  known: Link,
  row: SeenRow,
  comesBack: boolean,
): { link: Link; row: SeenRow; isBack: boolean } {
  const before = comesBack ? broughtBack(entity, side, known, row) : known
  const asked = askedBack(entity, side, before, row)
  return { link: asked.link, row: uncoveredRow(row, asked), isBack: comesBack || asked.link !== before }
}

function batches(records: WireRecord[]): WireRecord[][] {
  const found: { records: WireRecord[]; bytes: number }[] = []
  for (const record of records) {
    const bytes = Buffer.byteLength(JSON.stringify(record))
    const last = found.at(-1)
    if (last && last.records.length < SIZES.message && last.bytes + bytes <= LIMITS.sendBytes) {
      last.records.push(record)
      last.bytes += bytes
    } else found.push({ records: [record], bytes })
  }
  return found.map((batch) => batch.records)
}
