import { execFileSync } from "node:child_process"
import { chmodSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterEach, expect, test, vi } from "vitest"
import { folder, runInit } from "./run-init.ts"

/** A file as an editor makes it: everybody may read it. */
function oldFile(dir: string, name: string, text = "DB_CLIENT=pg\n"): string {
  const file = join(dir, name)
  writeFileSync(file, text)
  chmodSync(file, 0o644)
  return file
}

const modeOf = (file: string): string => (statSync(file).mode & 0o777).toString(8)

const git = (dir: string, ...args: string[]) =>
  execFileSync("git", args, { cwd: dir, stdio: ["ignore", "pipe", "pipe"], encoding: "utf8" })

function repository(): string {
  const dir = folder()
  git(dir, "init", "--quiet")
  return dir
}

afterEach(() => {
  vi.unstubAllEnvs()
})

test.skipIf(process.platform === "win32")(
  "no file that it writes can be read by others, also when it was there",
  async () => {
    const dir = folder()
    const [own, theirs, fresh] = [oldFile(dir, ".env"), oldFile(dir, "cms.env"), join(dir, "fresh.env")]
    const first = await runInit(own, { directusEnv: theirs })
    expect([own, theirs].map(modeOf)).toEqual(["600", "600"])
    expect(readFileSync(theirs, "utf8")).toMatch(/^DB_CLIENT=pg\n[\s\S]*^MEDUSA_SYNC_SECRET=[0-9a-f]{64}$/m)
    for (const file of [own, theirs]) expect(first.printed).toContain(`${file}: now its owner alone can read it; added`)
    expect(first.document.tightened).toBe(true)

    // Nothing to write, and still not for others.
    chmodSync(own, 0o664)
    expect((await runInit(own)).document).toMatchObject({ added: [], tightened: true })
    expect(modeOf(own)).toBe("600")
    expect(await runInit(own)).toMatchObject({ document: { tightened: false } })

    await runInit(fresh)
    expect(modeOf(fresh)).toBe("600")
  },
)

test.skipIf(process.platform === "win32")(
  "a name that leads to a file elsewhere leaves that file to its owner alone",
  async () => {
    const dir = folder()
    const target = oldFile(dir, "shared.env")
    symlinkSync(target, join(dir, ".env"))
    await runInit(join(dir, ".env"))
    expect(modeOf(target)).toBe("600")
  },
)

test("of each file that git would take it says so, with the line that prevents it", async () => {
  const dir = repository()
  mkdirSync(join(dir, "cms"))
  const [own, theirs] = [join(dir, ".env"), join(dir, "cms", ".env")]
  const { said, document } = await runInit(own, { directusEnv: theirs })
  expect(document.warnings.map(({ file }) => file)).toEqual([own, theirs])
  for (const { message, fix } of document.warnings) expect(said).toContain(`${message}\n→ ${fix}`)
  expect(document.warnings[0]).toMatchObject({
    message: `git does not ignore ${own}, which holds secrets.`,
    fix: `Add the line .env to ${join(dir, ".gitignore")}.`,
  })

  writeFileSync(join(dir, ".gitignore"), "/.env\n")
  expect((await runInit(own, { directusEnv: theirs })).document.warnings.map(({ file }) => file)).toEqual([theirs])
  writeFileSync(join(dir, ".gitignore"), ".env\n")
  expect(await runInit(own, { directusEnv: theirs })).toMatchObject({ said: "", document: { warnings: [] } })
})

test("of a file that git has it says that ignoring is too late", async () => {
  const dir = repository()
  const own = oldFile(dir, ".env")
  git(dir, "add", ".env")
  writeFileSync(join(dir, ".gitignore"), ".env\n")
  const { document } = await runInit(own)
  expect(document.warnings).toEqual([
    {
      file: own,
      message: `git keeps ${own}, which holds secrets.`,
      fix: expect.stringMatching(/^Run git rm --cached .*\.env, .* replace every secret in it/) as string,
    },
  ])
})

test("a file outside of a repository, and a machine without git, are nothing to speak of", async () => {
  expect(await runInit(join(folder(), ".env"))).toMatchObject({ said: "", document: { warnings: [] } })
  const own = join(repository(), ".env")
  vi.stubEnv("PATH", folder())
  expect(await runInit(own)).toMatchObject({ said: "", document: { warnings: [] } })
})
