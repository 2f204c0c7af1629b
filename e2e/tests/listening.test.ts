import { createServer, type AddressInfo } from "node:net"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { findFreePort, startPostgres, storefrontServer, type ServerProcess } from "../../scripts/stack/index.ts"
import { groupOf, listenersOf } from "../listeners.ts"
import { Stack } from "../stack/stack.ts"

/** As in the demo: `medusa start` with the dashboard as it is while one develops. */
const WITH_DASHBOARD = { admin: { disable: false } }

let stack: Stack
const others: ServerProcess[] = []

beforeAll(async () => {
  stack = await Stack.start("listening", { medusaConfig: WITH_DASHBOARD })
  const logFile = join(stack.dir, "storefront.log")
  const storefront = storefrontServer({
    medusaUrl: stack.medusa.url,
    publishableKey: "pk_none",
    port: await findFreePort(),
    logFile,
  })
  others.push(storefront)
  await storefront.start()
  const postgres = await startPostgres({ dir: join(stack.dir, "postgres"), durable: false })
  if (postgres.process) others.push(postgres.process)
})
afterAll(async () => {
  await Promise.all(others.map((server) => server.stop()))
  await stack?.stop()
})

const leader = ({ spec, pid }: ServerProcess): number => {
  if (pid === undefined) throw new Error(`${spec.name} has ended.`)
  return pid
}

describe.skipIf(process.platform !== "linux")("on this machine", () => {
  test("a server that listens on all addresses is told from one that does not", async () => {
    for (const [host, isLoopback] of [
      ["0.0.0.0", false],
      ["::", false],
      ["127.0.0.1", true],
      ["::1", true],
    ] as const) {
      const server = createServer()
      await new Promise<void>((ready, failed) => server.once("error", failed).listen(0, host, ready))
      const { port } = server.address() as AddressInfo
      const found = listenersOf([groupOf(process.pid)]).filter((listener) => listener.port === port)
      expect(found, host).toMatchObject([{ isLoopback }])
      await new Promise((closed) => server.close(closed))
    }
  })

  test("nothing that the demo and the tests start can be reached from outside", async () => {
    const servers = [stack.medusa, stack.directus, ...others]
    // The dashboard's development server has begun, and with it what tells browsers of changes.
    expect((await fetch(`${stack.medusa.url}/app/@vite/client`)).status).toBe(200)
    const listeners = listenersOf(servers.map(leader))
    expect(listeners.filter(({ isLoopback }) => !isLoopback)).toEqual([])
    for (const server of servers)
      expect(
        listeners.some(({ pid }) => pid === leader(server)),
        server.spec.name,
      ).toBe(true)
    expect(listeners.filter(({ pid }) => pid === leader(stack.medusa)).length, "Medusa and its dashboard").toBe(2)
    const between = listenersOf([groupOf(process.pid)]).filter(({ port }) =>
      [stack.toDirectus.port, stack.toMedusa.port].includes(port),
    )
    expect(between.map(({ isLoopback }) => isLoopback)).toEqual([true, true])
  })
})
