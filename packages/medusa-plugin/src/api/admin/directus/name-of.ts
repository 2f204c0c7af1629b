import type { Described } from "medusa-directus-core/host"

/** A record as people call it; a part after the record that it belongs to. */
export const nameOf = (described: Described | undefined): string | null =>
  [described?.parentTitle, described?.title].filter(Boolean).join(" · ") || null
