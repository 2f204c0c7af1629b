import { mkdirSync, readdirSync, readFileSync, realpathSync, writeFileSync } from "node:fs"
import { dirname, join, normalize } from "node:path"
import { gzipSync } from "node:zlib"
import { describe, expect, inject, test } from "vitest"
import { repositoryRoot } from "../../scripts/stack/index.ts"
import { judgeTypes, lintPackage, sizeOf } from "../judge-package.ts"
import { Stack } from "../stack/stack.ts"
import type { Artefact, Packed } from "../stack/pack.ts"

const keys = ["core", "plugin", "extension", "cli"] as const

test.each(keys)("the tarball of the %s holds what runs, and no tests or sources", (key) => {
  const { files } = inject("e2e").packed[key]
  const strange = files.filter(
    (file) =>
      /\.(test|spec)\.|__tests__|(^|\/)test\/|testing\/|vitest|tsconfig|\.turbo|\.log$|\.env/.test(file) ||
      (/\.tsx?$/.test(file) && !/\.d\.c?ts$/.test(file)),
  )
  expect(strange).toEqual([])
  expect(files).toEqual(expect.arrayContaining(["package.json", "LICENSE", "README.md", "CHANGELOG.md"]))
  const top = new Set(files.map((file) => file.split("/")[0]))
  const allowed = ["package.json", "LICENSE", "README.md", "CHANGELOG.md", "SPEC.md", "dist", ".medusa"]
  expect([...top].filter((name) => !allowed.includes(name ?? ""))).toEqual([])
})

test.each(keys)("no link in the pages of the %s leads out of its tarball", (key) => {
  const { files, folder } = inject("e2e").packed[key]
  const broken = files
    .filter((file) => file.endsWith(".md"))
    .flatMap((file) => {
      const links = readFileSync(join(folder, file), "utf8").matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)
      return [...links].map(([, link = ""]) => link).filter((link) => !files.includes(normalize(link)))
    })
  expect(broken).toEqual([])
})

test("each entry of the plugin that a page names is one of its tarball", () => {
  const { folder, files } = inject("e2e").packed.plugin
  const { exports: entries } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
    exports: Record<string, { types: string }>
  }
  const pages = readdirSync(join(repositoryRoot, "docs")).filter((name) => name.endsWith(".md"))
  const text = ["README.md", "packages/medusa-plugin/README.md", ...pages.map((name) => `docs/${name}`)]
    .map((name) => readFileSync(join(repositoryRoot, name), "utf8"))
    .join("\n")
  const named = new Set([...text.matchAll(/["'`]medusa-plugin-directus\/([a-z-]+)["'`]/g)].map(([, name = ""]) => name))
  expect([...named].sort()).toEqual(["content-types", "options"])
  for (const name of named) expect(files).toContain(normalize(entries[`./${name}`]?.types ?? `no entry ./${name}`))
})

test.each(keys)("publint finds nothing in the %s", async (key) => {
  expect(await lintPackage(inject("e2e").packed[key])).toEqual([])
})

describe("the types are right", () => {
  /** Each with the reason for what is left out. */
  const entries = {
    core: () => [[]],
    plugin: ({ files }: Artefact) => {
      const modules = files.flatMap(
        (file) => /^\.medusa\/server\/src\/(modules\/[^/]+)\/index\.js$/.exec(file)?.[1] ?? [],
      )
      return [
        // Only Medusa's bundler loads the admin, which Medusa's builder makes without types.
        ["--exclude-entrypoints", "admin"],
        // Medusa takes a module's definition from `exports.default`.
        ["--entrypoints", ...modules, "--ignore-rules", "cjs-only-exports-default"],
      ]
    },
  }

  test.each(["core", "plugin"] as const)("of the %s", { timeout: 300_000 }, async (key) => {
    const artefact = inject("e2e").packed[key]
    for (const args of entries[key](artefact)) {
      const { code, output } = await judgeTypes(artefact, args)
      expect(code, output).toBe(0)
      expect(output).not.toContain("does not contain types")
    }
  })

  // Directus loads the extension's bundle, and the command line is a program: nobody imports them.
  test.each(["extension", "cli"] as const)("the %s has none", async (key) => {
    const { code, output } = await judgeTypes(inject("e2e").packed[key], [])
    expect(code, output).toBe(0)
    expect(output).toContain("does not contain types")
  })
})

test("no tarball has grown unnoticed", () => {
  const most = { core: 370_000, plugin: 300_000, extension: 220_000, cli: 60_000 }
  const found = keys.map((key) => ({ ...sizeOf(inject("e2e").packed[key]), name: inject("e2e").packed[key].name, key }))
  const report = process.env["RELEASE_REPORT"]
  if (report) {
    mkdirSync(dirname(report), { recursive: true })
    writeFileSync(report, JSON.stringify(found, null, 2))
  }
  for (const { key, packed } of found) expect(packed, key).toBeLessThan(most[key])
})

test.each(keys)("the manifest of the %s can be installed by a stranger", (key) => {
  const { folder } = inject("e2e").packed[key]
  const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Record<
    string,
    Record<string, string>
  >
  for (const kind of ["dependencies", "peerDependencies", "optionalDependencies"])
    for (const version of Object.values(manifest[kind] ?? {}))
      expect(version).not.toMatch(/^(workspace|catalog|link|file):/)
})

describe("what the plugin adds to the dashboard", () => {
  const part = (): string => {
    const folder = join(inject("e2e").packed.plugin.folder, ".medusa/server/src/admin")
    return readFileSync(join(folder, "index.mjs"), "utf8")
  }

  test("is below 150 kB, compressed", () => {
    expect(gzipSync(part()).length).toBeLessThan(150_000)
  })

  test("asks for nothing but what a Medusa has got and what comes with the plugin", () => {
    const asked = [...part().matchAll(/^import .* from "([^"]+)";$/gm)].map(([, name]) => name)
    const had = ["react", "react/jsx-runtime", "react-router-dom", "react-i18next", "@tanstack/react-query"]
    const medusas = ["admin-sdk", "icons", "js-sdk", "ui"].map((name) => `@medusajs/${name}`)
    const comes = ["medusa-directus-core/names", "medusa-directus-core/operate"]
    expect([...had, ...medusas, ...comes]).toEqual(expect.arrayContaining(asked))
  })
})

test("the shop and the editor's project load the packed artefacts and nothing of the workspace", async () => {
  const stack = await Stack.start("packaging")
  try {
    const installed = realpathSync(join(stack.dir, "medusa", "node_modules"))
    const { loaded } = await stack.shop.witnessed()
    expect(loaded.filter((file) => file.includes("medusa-plugin-directus")).length).toBeGreaterThan(10)
    expect(loaded.filter((file) => file.includes("medusa-directus-core")).length).toBeGreaterThan(0)
    expect(loaded.filter((file) => !file.startsWith(installed))).toEqual([])
    expect(loaded.filter((file) => file.startsWith(join(repositoryRoot, "packages")))).toEqual([])

    const packed: Packed = inject("e2e").packed
    const inUse = join(stack.dir, "directus", "extensions", packed.extension.name, "dist", "api.js")
    expect(readFileSync(inUse)).toEqual(readFileSync(join(packed.extension.folder, "dist", "api.js")))
    const { data } = await stack.cms.fetchJson<{ data: { schema?: { name: string; local: boolean } }[] }>("/extensions")
    const names = data.map(({ schema }) => schema?.name)
    expect(names).toEqual(
      expect.arrayContaining(["directus-extension-medusa", "medusa-sync-hook", "medusa-sync-endpoint"]),
    )
    expect(new Set(names).size).toBe(names.length)
  } finally {
    await stack.stop()
  }
})
