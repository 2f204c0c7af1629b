import { parseArgs } from "node:util"

export type DemoOptions = {
  once: boolean
  reset: boolean
  help: boolean
  medusaPort: number
  directusPort: number
  storefrontPort: number
  /** undefined: any free one. */
  postgresPort: number | undefined
}

export const usage = `usage: npm run demo -- [options]

  --once                    show the tour, stop everything, exit 0 only if every step held
  --reset                   begin with empty databases
  --medusa-port <port>      9000 unless given
  --directus-port <port>    8055 unless given
  --storefront-port <port>  8000 unless given
  --postgres-port <port>    a free one unless given

  MEDUSA_DATABASE_URL and DIRECTUS_DATABASE_URL replace the embedded PostgreSQL by databases of your own,
  DATABASE_URL by a server of your own on which the databases medusa and directus are created.`

/** @throws Error that names the argument */
export function readArguments(args: string[]): DemoOptions {
  const { values } = parseArgs({
    args,
    options: {
      once: { type: "boolean", default: false },
      reset: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
      "medusa-port": { type: "string", default: "9000" },
      "directus-port": { type: "string", default: "8055" },
      "storefront-port": { type: "string", default: "8000" },
      "postgres-port": { type: "string" },
    },
  })
  const port = (name: `${"medusa" | "directus" | "storefront" | "postgres"}-port`, text: string): number => {
    const number = Number(text)
    if (Number.isInteger(number) && number > 0 && number < 65_536) return number
    throw new Error(`--${name} takes a number from 1 to 65535, for example --${name} 9100. It was "${text}".`)
  }
  const postgresPort = values["postgres-port"]
  return {
    once: values.once,
    reset: values.reset,
    help: values.help,
    medusaPort: port("medusa-port", values["medusa-port"]),
    directusPort: port("directus-port", values["directus-port"]),
    storefrontPort: port("storefront-port", values["storefront-port"]),
    postgresPort: postgresPort === undefined ? undefined : port("postgres-port", postgresPort),
  }
}
