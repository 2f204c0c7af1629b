/** What pages and programs need of names and values, without anything of Node's. */
export * from "./document/edited.ts"
export * from "./document/names.ts"
