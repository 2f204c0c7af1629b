import { readCapture } from "../options/plugin-options"
import { captureSql, type CaptureSql } from "./capture-sql"
import { capturedTables } from "./captured-tables"

/** `null`: the mapping cannot be read, and the sync is off; the triggers of the one before stay as they are. */
export function wantedCapture(options: unknown): CaptureSql | null {
  const input = readCapture(options)
  return input && captureSql(capturedTables(input))
}
