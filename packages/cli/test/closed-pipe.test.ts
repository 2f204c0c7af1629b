import { spawn } from "node:child_process"
import { once } from "node:events"
import { text } from "node:stream/consumers"
import { fileURLToPath } from "node:url"
import { expect, test } from "vitest"

const main = fileURLToPath(new URL("../src/main.ts", import.meta.url))

test("who has read enough of the output may leave: `medusa-directus doctor | head -1`", async () => {
  const child = spawn(process.execPath, ["--no-warnings", main, "--help"], { stdio: ["ignore", "pipe", "pipe"] })
  child.stdout.destroy()
  const [said, [code]] = await Promise.all([text(child.stderr), once(child, "exit")])
  expect([said, code]).toEqual(["", 0])
})
