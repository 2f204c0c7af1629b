import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { parseEnv } from "node:util"
import { expect, test } from "vitest"
import { folder, runInit } from "./run-init.ts"

const COMMAND = "node -e \"console.log(require('crypto').randomBytes(32).toString('hex'))\""
const GOOD = "9f2c61d0b7e84a35"

const read = (file: string) => parseEnv(readFileSync(file, "utf8"))

function fileWith(name: string, text: string): string {
  const file = join(folder(), name)
  writeFileSync(file, text, { mode: 0o600 })
  return file
}

/** What `init` says when it refuses. */
const refusal = (fault: string, ...fix: string[]) =>
  expect.objectContaining({
    code: "invalid_options",
    exitCode: 2,
    message: expect.stringContaining(fault) as string,
    fix: expect.stringMatching(new RegExp(fix.join(".*"))) as string,
  }) as Error

test.each(["changeme", "aaaaaaaaaaaaaaaa", "string:1234567890123456", `${GOOD},passwordpassword`])(
  "a secret that both sides refuse is not spread: %s",
  async (secret) => {
    const own = fileWith(".env", `MEDUSA_SYNC_SECRET=${secret}\n`)
    const theirs = join(folder(), ".env")
    const before = readFileSync(own, "utf8")
    const refused = await runInit(own, { directusEnv: theirs }).then(String, (error: unknown) => error as Error)
    expect(refused).toEqual(refusal(`MEDUSA_SYNC_SECRET in ${own} `, "init --force", "restart both"))
    expect((refused as Error & { fix: string }).fix).toContain(COMMAND)
    for (const part of secret.replace("string:", "").split(","))
      expect(JSON.stringify([refused, String(refused)])).not.toContain(part)
    expect(readFileSync(own, "utf8")).toBe(before)
    expect(existsSync(theirs)).toBe(false)
  },
)

test("with force another one takes its place, in both files", async () => {
  const own = fileWith(".env", "MEDUSA_SYNC_SECRET=changeme\n")
  const theirs = fileWith(".env", "MEDUSA_SYNC_SECRET=changeme\n")
  await runInit(own, { directusEnv: theirs, force: true })
  expect(read(own)["MEDUSA_SYNC_SECRET"]).toMatch(/^[0-9a-f]{64}$/)
  expect(read(theirs)["MEDUSA_SYNC_SECRET"]).toBe(read(own)["MEDUSA_SYNC_SECRET"])
})

test("one of the environment is looked at too, and so is one that Directus's file keeps", async () => {
  const environment = { MEDUSA_SYNC_SECRET: "changeme" }
  await expect(runInit(join(folder(), ".env"), { environment })).rejects.toThrow(
    refusal("MEDUSA_SYNC_SECRET must be at least 16"),
  )
  const theirs = fileWith(".env", "MEDUSA_SYNC_SECRET=string:changeme\n")
  const own = join(folder(), ".env")
  await expect(runInit(own, { directusEnv: theirs })).rejects.toThrow(refusal(`MEDUSA_SYNC_SECRET in ${theirs} `))
  expect(existsSync(own)).toBe(false)
})

test("a good one stays, and of a file that keeps another one it says so", async () => {
  const own = fileWith(".env", `MEDUSA_SYNC_SECRET=${GOOD}\n`)
  const same = fileWith(".env", `MEDUSA_SYNC_SECRET=string:${GOOD}\n`)
  expect((await runInit(own, { directusEnv: same })).document.warnings).toEqual([])
  const other = fileWith(".env", "MEDUSA_SYNC_SECRET=another-one-of-theirs-7\n")
  const { document, said } = await runInit(own, { directusEnv: other })
  expect(document.warnings).toEqual([
    {
      file: other,
      message: `${other} keeps a MEDUSA_SYNC_SECRET of its own: the two sides would have different ones.`,
      fix: "Give both files the same one, or run init again with --force: it makes a new one for both.",
    },
  ])
  expect(said).toContain("of its own")
  expect(`${said}${JSON.stringify(document.warnings)}`).not.toContain("another-one-of-theirs")
  expect(read(other)["MEDUSA_SYNC_SECRET"]).toBe("another-one-of-theirs-7")
})

test("a secret API key that both sides would sign with is looked at as well", async () => {
  const environment = { MEDUSA_SECRET_API: "sk_aaaaaaaaaaaaaaaa" }
  const own = join(folder(), ".env")
  await expect(runInit(own, { environment, trust: "key" })).rejects.toThrow(
    refusal("MEDUSA_SECRET_API can be guessed", "Settings → Secret API Keys"),
  )
  expect(existsSync(own)).toBe(false)
  // It is no business of the sync's where both have a secret of their own.
  await runInit(own, { environment })
})
