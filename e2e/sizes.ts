/** What the scenarios of docs/reliability.md ask for. CI runs the short form, `npm run soak` the long one. */
const short = {
  /** Of each host. */
  kills: 20,
  /** Edits a second, both sides together. */
  rate: 20,
  lostAnswers: 20,
  editors: 100,
  hotRecords: 20,
  editSeconds: 60,
  /** The same editors without the sync, to compare with; 0 leaves that out. */
  bareSeconds: 0,
  handles: 500,
  blackholeSeconds: 30,
  redisSeconds: 20,
  mixedSeconds: 45,
  /** Values of `fields` that a store with the plugin and one without are asked with. */
  storeFields: 2000,
  /** Requests of a visitor who means harm. */
  hostileVisits: 2000,
}

const long: typeof short = {
  ...short,
  kills: 200,
  lostAnswers: 200,
  editSeconds: 600,
  bareSeconds: 300,
  redisSeconds: 120,
  mixedSeconds: 1800,
  storeFields: 20_000,
  hostileVisits: 20_000,
}

/** E2E_KILLS and so on. */
const variableOf = (size: string): string => `E2E_${size.replace(/[A-Z]/g, "_$&").toUpperCase()}`

export const form = process.env["E2E_FORM"] === "long" ? "long" : "short"

export const sizes = Object.fromEntries(
  Object.entries(form === "long" ? long : short).map(([size, value]) => [
    size,
    Number(process.env[variableOf(size)] ?? value),
  ]),
) as typeof short

const chosen = Number(process.env["E2E_SEED"] ?? Date.now() % 1_000_000)
let used = false

/** Of this run's random choices; every line that runs a test again names it from now on. */
export function seed(): number {
  used = true
  return chosen
}

/** What to set so that a run has the same sizes and the same choices: "E2E_FORM=long E2E_SEED=17 ". */
export function settings(): string {
  const given = ["form", ...Object.keys(short)].map(variableOf)
  const lines = given.flatMap((name) => (process.env[name] === undefined ? [] : [`${name}=${process.env[name]} `]))
  return [...lines, ...(used ? [`E2E_SEED=${chosen} `] : [])].join("")
}
