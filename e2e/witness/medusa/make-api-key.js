// Run by `medusa exec`: makes the secret API key that the tests use, and writes it into E2E_KEY_FILE.
exports.default = async function makeApiKey({ container }) {
  const { writeFileSync } = await import("node:fs")
  const { createApiKeysWorkflow } = await import("@medusajs/medusa/core-flows")
  const { result } = await createApiKeysWorkflow(container).run({
    input: { api_keys: [{ title: "e2e", type: "secret", created_by: "e2e" }] },
  })
  writeFileSync(process.env.E2E_KEY_FILE, result[0].token, { mode: 0o600 })
}
Object.defineProperty(exports, "__esModule", { value: true })
