export { MemoryHost } from "./memory-host.ts"
export type { MemoryHostOptions, Point } from "./memory-table.ts"
export { hostileMessage } from "./hostile-messages.ts"
export type { Hostile, HostileParts } from "./hostile-messages.ts"
