import { createRequire } from "node:module"
import { describe, expect, it } from "vitest"
import { readPage } from "./read-page.ts"

interface Service {
  image?: string
  build?: string
  user?: string | number
  read_only?: boolean
  privileged?: boolean
  cap_drop?: string[]
  cap_add?: string[]
  security_opt?: string[]
  network_mode?: string
  ports?: string[]
  volumes?: string[]
  tmpfs?: string[]
  environment?: Record<string, string>
}

// Directus reads its snapshots with it.
const { load } = createRequire(createRequire(import.meta.url).resolve("@directus/api/package.json"))("js-yaml") as {
  load: (text: string) => unknown
}

const text = readPage("examples/docker/compose.yaml")
const compose = load(text) as { services: Record<string, Service>; volumes: Record<string, unknown> }
const services = Object.entries(compose.services)
const databases = readPage("examples/docker/databases.sql")

it("the example has the two hosts and what they need", () => {
  expect(services.map(([name]) => name).sort()).toEqual(["directus", "medusa", "postgres", "redis"])
})

describe.each(services)("the container of %s", (_, service) => {
  it("runs as an account of its own that is not root", () => {
    expect(service.user).toBeTypeOf("string")
    expect(service.user).toMatch(/^(?!root$)[a-z]+$/)
  })

  it("has no capability of the kernel's, and gets none by a program that it runs", () => {
    expect(service.cap_drop).toEqual(["ALL"])
    expect(service.cap_add).toBeUndefined()
    expect(service.privileged).toBeUndefined()
    expect(service.security_opt).toContain("no-new-privileges:true")
    expect(service.network_mode).toBeUndefined()
  })

  it("writes to volumes and temporary folders only, and into nothing of the machine's", () => {
    expect(service.read_only).toBe(true)
    for (const volume of service.volumes ?? []) {
      const [from = "", , mode] = volume.split(":")
      if (!(from in compose.volumes)) expect(mode, volume).toBe("ro")
    }
  })

  it("is reached by this machine alone", () => {
    for (const port of service.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/)
  })
})

it("no host has the superuser of the database, and each has a role that the databases are made for", () => {
  const roles = [...databases.matchAll(/^create role (\w+) login nosuperuser /gm)].map(([, role]) => role)
  const owners = [...databases.matchAll(/^create database (\w+) owner (\w+);$/gm)].map(([, name, owner]) => [
    name,
    owner,
  ])
  expect(owners).toEqual([
    ["medusa", "medusa"],
    ["directus", "directus"],
  ])
  expect(roles.sort()).toEqual(owners.map(([, owner]) => owner).sort())

  const { medusa, directus } = compose.services
  expect(medusa?.environment?.["DATABASE_URL"]).toBe("postgres://medusa:${MEDUSA_DB_PASSWORD}@postgres:5432/medusa")
  expect(directus?.environment).toMatchObject({
    DB_DATABASE: "directus",
    DB_USER: "directus",
    DB_PASSWORD: "string:${DIRECTUS_DB_PASSWORD}",
  })
  const holders = services.filter(([, { environment = {} }]) => JSON.stringify(environment).includes("${POSTGRES_"))
  expect(holders.map(([name]) => name)).toEqual(["postgres"])
})

it("every variable without a value of its own is in .env.example, and psql is given what it asks for", () => {
  const asked = [...text.matchAll(/\$\{(\w+)(:-)?/g)].filter(([, , fallback]) => fallback === undefined)
  const there = [...readPage("examples/docker/.env.example").matchAll(/^(\w+)=/gm)].map(([, name]) => name)
  for (const [, name] of asked) expect(there).toContain(name)
  for (const [, , name = ""] of databases.matchAll(/^\\getenv (\w+) (\w+)$/gm))
    expect(compose.services["postgres"]?.environment).toHaveProperty(name)
})

it("the image of Medusa is no root either, whoever runs it", () => {
  const stage =
    readPage("examples/docker/medusa/Dockerfile")
      .split(/^FROM /m)
      .at(-1) ?? ""
  const [, user] = /^USER (\S+)$/m.exec(stage) ?? []
  expect(user).toBe("node")
  expect(stage.indexOf("USER node")).toBeLessThan(stage.indexOf("CMD "))
  // npx would look for a newer version of itself, and write.
  expect(stage).not.toMatch(/^CMD .*npx/m)
})
