/** No other machine is between: what the URL standard makes of an address that leads to this one. */
const THIS_MACHINE = /^(localhost|.+\.localhost|127(\.\d+){3}|0\.0\.0\.0|\[::1?\]|\[::ffff:7f..:.+\])$/
/**
 * Names that no public server has: those without a dot, as containers call each other, and those of private networks. Who
 * gave the two such names has put them into one network, where `https` is mostly not to be had; a number or a whole name says
 * nothing of who else is on the way, so a private number counts as another machine.
 */
const ONE_NETWORK = /^[^.[\]]+$|\.(internal|local)$/

/** Can others read what is sent to this address? */
export function goesInClear(address: string): boolean {
  const { protocol, hostname } = new URL(address)
  const name = hostname.replace(/\.$/, "")
  return protocol === "http:" && !THIS_MACHINE.test(name) && !ONE_NETWORK.test(name)
}
