import { expect, it } from "vitest"
import { readPage } from "./read-page.ts"

const policy = readPage("SECURITY.md")

it("the version that is released is one that gets fixes", () => {
  const { version } = JSON.parse(readPage("packages/core/package.json")) as { version: string }
  const minor = version.split(".").slice(0, 2).join(".")
  expect(policy).toMatch(new RegExp(`^\\| ${minor.replace(".", "\\.")}\\.x +\\| yes +\\|$`, "m"))
})

it("all four packages are in scope", () => {
  for (const folder of ["core", "medusa-plugin", "directus-extension", "cli"]) {
    const { name } = JSON.parse(readPage(`packages/${folder}/package.json`)) as { name: string }
    expect(policy).toContain(`\`${name}\``)
  }
})

it("whoever looks for it finds it from both first pages, and it leads on to what is promised", () => {
  expect(readPage("README.md")).toContain("](SECURITY.md)")
  expect(readPage("docs/README.md")).toContain("](../SECURITY.md)")
  expect(policy).toContain("](docs/security.md)")
})

it("a fault is reported in private, by the page of the repository and no address that was made up", () => {
  expect(policy).toContain("**Report a vulnerability**")
  expect(policy).not.toMatch(/\S@\S|mailto:/)
})
