import { mkdtempSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect, test } from "vitest"
import { need, readSettings, secretsOf } from "../src/settings/settings.ts"

const fileWith = (text: string): string => {
  const file = join(mkdtempSync(join(tmpdir(), "medusa-directus-settings-")), "env")
  writeFileSync(file, text)
  return file
}

test("a flag counts before the environment, and that before the file", () => {
  const envFile = fileWith("MEDUSA_URL=http://file:1\nDIRECTUS_URL=http://file:2/cms/\nDIRECTUS_TOKEN=file\n")
  const environment = { MEDUSA_URL: "http://environment:1", DIRECTUS_TOKEN: "environment" }
  expect(readSettings({ envFile, directusToken: "flag" }, { environment })).toMatchObject({
    medusaUrl: "http://environment:1",
    directusUrl: "http://file:2/cms",
    directusToken: "flag",
    medusaKey: null,
  })
})

test("the address of Directus may be the one that storefronts read", () => {
  const environment = { NEXT_PUBLIC_DIRECTUS_URL: "https://cms.example.com" }
  expect(readSettings({}, { environment }).directusUrl).toBe("https://cms.example.com")
})

test("a secret may have Directus's prefix, and may be two while it is being changed", () => {
  const environment = { MEDUSA_SYNC_SECRET: "string:new-one, old-one" }
  expect(secretsOf(readSettings({}, { environment }))).toEqual(["new-one", "old-one"])
})

test.each(["localhost:9000", "ftp://x", "http://user:pass@x", "http://x/?key=1", "nonsense"])(
  "%s is no address",
  (medusaUrl) => {
    expect(() => readSettings({ medusaUrl }, { environment: {} })).toThrow(/MEDUSA_URL .* is not an address/)
  },
)

test("what is missing says which variable to set and where to get it, and is wrong use", () => {
  const settings = readSettings({}, { environment: {} })
  expect(() => need(settings, "medusaKey")).toThrow(
    expect.objectContaining({
      exitCode: 2,
      message: expect.stringContaining("MEDUSA_SECRET_API is not set") as string,
      fix: expect.stringMatching(/Settings → Secret API Keys.*\.env.*--medusa-key/) as string,
    }),
  )
})

test("a file that was named has to be there, unless it is to be written", () => {
  expect(() => readSettings({ envFile: "/nowhere/.env" }, { environment: {} })).toThrow(/There is no file/)
  expect(readSettings({ envFile: "/nowhere/.env" }, { environment: {}, mayLack: true }).medusaUrl).toBeNull()
})
