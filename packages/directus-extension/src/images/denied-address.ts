import { lookup } from "node:dns/promises"
import { BlockList, isIP, isIPv6 } from "node:net"
import { networkInterfaces } from "node:os"

const versionOf = (ip: string): "ipv4" | "ipv6" => (isIPv6(ip) ? "ipv6" : "ipv4")

/**
 * Does IMPORT_IP_DENY_LIST name the server behind an address? Directus itself enforces the list and answers with the same
 * error as for a server that is down (12.4: `services/files.js`): this only tells the two apart, after the fact.
 *
 * @param list - as Directus cast it.
 */
export async function isDenied(address: string, list: unknown): Promise<boolean> {
  const denied = blockListOf(list)
  const host = new URL(address).hostname.replace(/^\[|\]$/g, "")
  const ips = isIP(host) ? [host] : await resolved(host)
  return ips.some((ip) => denied.check(ip, versionOf(ip)))
}

const resolved = async (host: string): Promise<string[]> => {
  try {
    return (await lookup(host, { all: true })).map(({ address }) => address)
  } catch {
    return []
  }
}

/** `0.0.0.0` stands for every address of this machine. An entry that is none makes Directus deny everything. */
function blockListOf(list: unknown): BlockList {
  const blocked = new BlockList()
  try {
    for (const entry of Array.isArray(list) ? list : []) {
      const text = String(entry).trim()
      const [start = "", end] = text.split("-")
      const [network = "", prefix] = text.split("/")
      if (text === "0.0.0.0") blockThisMachine(blocked)
      else if (end !== undefined) blocked.addRange(start, end, versionOf(start))
      else if (prefix !== undefined) blocked.addSubnet(network, Number(prefix), versionOf(network))
      else blocked.addAddress(text, versionOf(text))
    }
  } catch {
    blocked.addSubnet("0.0.0.0", 0, "ipv4")
    blocked.addSubnet("::", 0, "ipv6")
  }
  return blocked
}

function blockThisMachine(blocked: BlockList): void {
  blocked.addSubnet("0.0.0.0", 8, "ipv4")
  blocked.addAddress("::", "ipv6")
  for (const { address, cidr, internal } of Object.values(networkInterfaces()).flatMap((all) => all ?? [])) {
    const [network = address, prefix] = (internal && cidr ? cidr : address).split("/")
    if (prefix === undefined) blocked.addAddress(network, versionOf(network))
    else blocked.addSubnet(network, Number(prefix), versionOf(network))
  }
}
