import { createServer } from "node:net"

const handedOut = new Set<number>()

/** A TCP port that nothing listens on; the same one is not given twice to this process. */
export async function findFreePort(): Promise<number> {
  for (;;) {
    const port = await listenOnce(0)
    if (handedOut.has(port)) continue
    handedOut.add(port)
    return port
  }
}

/**
 * @param choose how the reader picks another port, for example "--medusa-port 9001"
 * @throws Error when something listens on the port
 */
export async function requireFreePort(port: number, name: string, choose: string): Promise<void> {
  for (const host of ["127.0.0.1", "::"]) {
    try {
      await listenOnce(port, host)
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code
      if (code === "EADDRINUSE") {
        throw new Error(
          `Port ${port}, for ${name}, is taken by another program. Stop that program or choose another port: ${choose}`,
        )
      }
      if (code === "EACCES")
        throw new Error(`Port ${port}, for ${name}, may not be used by this account. Choose one above 1024: ${choose}`)
      // EAFNOSUPPORT, EADDRNOTAVAIL: a machine without IPv6 has nobody listening there.
    }
  }
}

function listenOnce(port: number, host = "127.0.0.1"): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once("error", reject)
    server.listen({ port, host, exclusive: true }, () => {
      const address = server.address()
      server.close(() => resolve(typeof address === "object" && address ? address.port : port))
    })
  })
}
