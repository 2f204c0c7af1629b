import { basename } from "node:path"
import { BaseSequencer, type TestSpecification } from "vitest/node"

/** These take minutes, longest first: one that began last would be waited for alone. */
const LONG = [
  "kill",
  "instances",
  "restore",
  "repair",
  "health",
  "backfill",
  "image-import",
  "studio",
  "studio-items",
  "editors",
  "mixed",
  "network",
  "cli",
  "directus",
]

const placeOf = ({ moduleId }: TestSpecification): number => {
  const place = LONG.indexOf(basename(moduleId, ".test.ts"))
  return place < 0 ? LONG.length : place
}

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).sort((one, other) => placeOf(one) - placeOf(other))
  }
}
