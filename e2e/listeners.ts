import { readdirSync, readFileSync, readlinkSync } from "node:fs"

export interface Listener {
  pid: number
  address: string
  port: number
  /** Can nothing outside of this machine connect to it? */
  isLoopback: boolean
}

/** `0100007F:2382`, each group of four bytes in the machine's order (little-endian). */
function readAddress(text: string): Pick<Listener, "address" | "port" | "isLoopback"> {
  const [host = "", port = ""] = text.split(":")
  const bytes = Buffer.from(host.replace(/(..)(..)(..)(..)/g, "$4$3$2$1"), "hex")
  const address = bytes.length === 4 ? bytes.join(".") : bytes.toString("hex").replace(/(.{4})(?=.)/g, "$1:")
  const isMapped = bytes.subarray(0, 12).toString("hex") === "00000000000000000000ffff"
  const isLoopback =
    bytes.length === 4
      ? bytes[0] === 127
      : isMapped
        ? bytes[12] === 127
        : bytes.equals(Buffer.from("1".padStart(32, "0"), "hex"))
  return { address, port: Number.parseInt(port, 16), isLoopback }
}

/** Every TCP socket that a process of one of these groups listens on (Linux). @param groups - the groups' leaders. */
export function listenersOf(groups: number[]): Listener[] {
  const byInode = new Map<string, Omit<Listener, "pid">>()
  for (const table of ["tcp", "tcp6"])
    for (const line of readFileSync(`/proc/net/${table}`, "utf8").trim().split("\n").slice(1)) {
      const [, local = "", , state, , , , , , inode = ""] = line.trim().split(/\s+/)
      if (state === "0A") byInode.set(inode, readAddress(local))
    }
  return processesOf(groups).flatMap((pid) =>
    socketsOf(pid).flatMap((inode) => {
      const listener = byInode.get(inode)
      return listener ? [{ pid, ...listener }] : []
    }),
  )
}

const processesOf = (groups: number[]): number[] =>
  readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => groups.includes(groupOf(pid)))

/** @returns 0 when it has ended meanwhile. */
export function groupOf(pid: number): number {
  try {
    // The name, in parentheses, may hold anything.
    return Number(
      readFileSync(`/proc/${String(pid)}/stat`, "utf8")
        .split(") ")
        .at(-1)
        ?.split(" ")[2],
    )
  } catch {
    return 0
  }
}

function socketsOf(pid: number): string[] {
  const folder = `/proc/${String(pid)}/fd`
  return readdirSync(folder).flatMap((fd) => {
    try {
      return /^socket:\[(\d+)\]$/.exec(readlinkSync(`${folder}/${fd}`))?.[1] ?? []
    } catch {
      return []
    }
  })
}
