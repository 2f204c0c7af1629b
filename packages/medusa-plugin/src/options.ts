export * from "./options/plugin-options"
