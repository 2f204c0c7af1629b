import { SyncError } from "medusa-directus-core"
import type { Patch } from "./record-kind"

const SCHEME = /^[a-z][a-z\d+.-]*:/i

/** `https://…`, or a path on the shop's own server. */
export function isImageAddress(value: string): boolean {
  if (value === "" || /[\s\p{Cc}]/u.test(value)) return false
  return SCHEME.test(value) ? /^https?:\/\/[^/]/i.test(value) && URL.canParse(value) : true
}

/** @throws SyncError `rejected_by_host` for what no page could show as a picture, naming the field. */
export function checkAddresses(patches: Patch[], name: string): void {
  for (const { [name]: value } of patches)
    if (typeof value === "string" && !isImageAddress(value))
      throw new SyncError(
        "rejected_by_host",
        `${name}: it is no address of a picture. Use one that begins with https:// or http://, or choose a file, on the other side.`,
      )
}
