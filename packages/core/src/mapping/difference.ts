import { canonicalJson, isObject, otherSide, type CanonicalValue, type Side } from "../document/value.ts"

const SHOWN = 5

function walk(path: string, here: CanonicalValue, there: CanonicalValue, found: [string, string, string][]): void {
  if (canonicalJson(here) === canonicalJson(there)) return
  if (isObject(here) && isObject(there)) {
    for (const key of new Set([...Object.keys(here), ...Object.keys(there)]))
      walk(`${path}.${key}`, here[key] ?? null, there[key] ?? null, found)
  } else found.push([path, say(here), say(there)])
}

const say = (value: CanonicalValue): string =>
  value === null ? "not there" : isObject(value) || Array.isArray(value) ? "there" : JSON.stringify(value)

/**
 * Where two mappings differ, for the person who has to make them equal.
 *
 * @param here - the description of this side's mapping, and `there` the peer's; see `SyncConfig`.
 */
export function mappingDifference(side: Side, here: CanonicalValue, there: CanonicalValue): string {
  const found: [string, string, string][] = []
  walk("mapping", here, there, found)
  const [ours, theirs] = [side, otherSide(side)].map((name) => name.charAt(0).toUpperCase() + name.slice(1))
  const lines = found
    .slice(0, SHOWN)
    .map(([path, a, b]) => `${path} is ${a} in ${ours ?? ""} and ${b} in ${theirs ?? ""}`)
  const more = found.length > SHOWN ? `; and ${String(found.length - SHOWN)} more` : ""
  return `The mapping differs: ${lines.join("; ") || "the two sides run different versions"}${more}. Give both sides the same mapping.`
}
