import type { Side } from "medusa-directus-core/host"
import type { DirectusStatus, Health, Licence, MedusaStatus } from "../hosts/shapes.ts"
import type { Problem } from "../problem.ts"
import type { Probe } from "./probe-secret.ts"

export type Looked<T> = { kind: "seen"; value: T } | { kind: "failed"; problem: Problem }

/** What one side has shown. `null`: there was no reason to ask. */
export interface SideSeen<Status> {
  /** As the person wrote it. */
  url: string | null
  /** Why it cannot be reached; `null` when it answers. */
  reach: Problem | null
  health: Looked<Health> | null
  status: Looked<Status> | null
  probe: Probe
}

export interface Seen {
  medusa: SideSeen<MedusaStatus>
  directus: SideSeen<DirectusStatus> & { licence: Looked<Licence> | null }
  /** No secret is set here, so that the API key of Medusa was tried, which both sides may sign with. */
  isSecretAssumed: boolean
  /** Why both sides would refuse what is set here; `null` when it is good, or nothing is set. */
  secretFault: string | null
  /** Of this program. */
  version: string
}

export const SIDES: readonly Side[] = ["medusa", "directus"]

export const valueOf = <T>(looked: Looked<T> | null): T | null => (looked?.kind === "seen" ? looked.value : null)
