export { MemoryHost } from "./memory-host.ts"
export type { MemoryHostOptions, Point } from "./memory-table.ts"
