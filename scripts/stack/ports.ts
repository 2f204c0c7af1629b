import { randomInt } from "node:crypto"
import { createSocket } from "node:dgram"
import { createServer } from "node:net"

/**
 * Below the ports that Linux, macOS and Windows give to outgoing connections: a server that stops and starts again on
 * its port must not find such a connection there.
 */
const [LOWEST, COUNT] = [12_000, 20_000]

/** A TCP port that nothing listens on, claimed until this process ends: no other call gets it, in any process. */
export async function findFreePort(): Promise<number> {
  for (;;) {
    const port = LOWEST + randomInt(COUNT)
    if ((await claim(port)) && (await isFree(port))) return port
  }
}

/** The UDP port of the same number stands for the claim: the system gives it to one process and takes it back. */
function claim(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket("udp4")
    socket.once("error", () => {
      socket.close()
      resolve(false)
    })
    socket.bind({ port, address: "127.0.0.1", exclusive: true }, () => {
      socket.unref()
      resolve(true)
    })
  })
}

const isFree = async (port: number): Promise<boolean> => (await whyTaken(port)) === null

/** @returns the code of the error with which a server could not listen there; `null` when it could */
async function whyTaken(port: number): Promise<string | null> {
  for (const host of ["127.0.0.1", "::"]) {
    try {
      await listenOnce(port, host)
    } catch (error) {
      const { code = "" } = error as NodeJS.ErrnoException
      // EAFNOSUPPORT, EADDRNOTAVAIL: a machine without IPv6 has nobody listening there.
      if (code === "EADDRINUSE" || code === "EACCES") return code
    }
  }
  return null
}

/**
 * @param choose how the reader picks another port, for example "--medusa-port 9001"
 * @throws Error when something listens on the port
 */
export async function requireFreePort(port: number, name: string, choose: string): Promise<void> {
  const why = await whyTaken(port)
  if (why === "EADDRINUSE")
    throw new Error(
      `Port ${port}, for ${name}, is taken by another program. Stop that program or choose another port: ${choose}`,
    )
  if (why === "EACCES")
    throw new Error(`Port ${port}, for ${name}, may not be used by this account. Choose one above 1024: ${choose}`)
}

function listenOnce(port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once("error", reject)
    server.listen({ port, host, exclusive: true }, () => void server.close(() => resolve()))
  })
}
