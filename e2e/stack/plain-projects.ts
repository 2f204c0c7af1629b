import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import { join } from "node:path"
import { copyExtension, outsideFolder, repositoryRoot } from "../../scripts/stack/index.ts"
import { npmInstall, npx } from "./npm.ts"
import type { Packed } from "./pack.ts"
import { admin, dataDir } from "./places.ts"

const require = createRequire(import.meta.url)
const versionOf = (name: string) => (require(`${name}/package.json`) as { version: string }).version

export const plainDir = join(dataDir, "plain")

/**
 * Outside of the repository: in a folder of it, Node finds in the workspace what npm has not installed. It is kept, because
 * both hosts together take npm some ten minutes.
 */
const folder = (name: string): string => {
  const dir = join(outsideFolder(plainDir, "plain"), name)
  mkdirSync(dir, { recursive: true })
  return dir
}

const logOf = (name: string) => join(plainDir, `${name}.log`)

const write = (dir: string, file: string, text: string) => writeFileSync(join(dir, file), text)
const writeJson = (dir: string, file: string, value: unknown) => write(dir, file, `${JSON.stringify(value, null, 2)}\n`)

/** What the README tells a reader to write into medusa-config, in the place where it tells them. */
function configOfReadme(): string {
  const readme = readFileSync(join(repositoryRoot, "README.md"), "utf8")
  const block = /```ts\n\/\/ medusa-config\.ts\n([\s\S]*?)```/.exec(readme)?.[1]
  if (!block?.includes("// …")) throw new Error('README.md has no block "// medusa-config.ts" with "// …" in it.')
  return block.replace(
    "// …",
    `projectConfig: {
    databaseUrl: process.env.DATABASE_URL,
    http: {
      storeCors: process.env.STORE_CORS!,
      adminCors: process.env.ADMIN_CORS!,
      authCors: process.env.AUTH_CORS!,
      jwtSecret: process.env.JWT_SECRET,
      cookieSecret: process.env.COOKIE_SECRET,
    },
  },`,
  )
}

/**
 * A Medusa app of today's kind with nothing of ours, and then the packages. npm gets both tarballs: the engine, which it would
 * fetch by itself, may not be in the registry yet.
 *
 * @returns its folder
 */
export async function plainShop(packed: Packed): Promise<string> {
  const dir = folder("shop")
  const host = versionOf("@medusajs/medusa")
  writeJson(dir, "package.json", {
    name: "plain-shop",
    version: "0.0.1",
    private: true,
    dependencies: Object.fromEntries(
      ["admin-sdk", "cli", "framework", "medusa"].map((name) => [`@medusajs/${name}`, host]),
    ),
    devDependencies: {
      "@swc/core": "^1.7.28",
      "@types/node": "^20.12.11",
      "@types/react": "^18.3.2",
      "@types/react-dom": "^18.2.25",
      "prop-types": "^15.8.1",
      react: "^18.2.0",
      "react-dom": "^18.2.0",
      "ts-node": "^10.9.2",
      typescript: "^5.6.2",
    },
  })
  writeJson(dir, "tsconfig.json", {
    compilerOptions: {
      target: "ES2021",
      module: "Node16",
      moduleResolution: "Node16",
      esModuleInterop: true,
      emitDecoratorMetadata: true,
      experimentalDecorators: true,
      skipLibCheck: true,
      strictNullChecks: true,
      outDir: ".medusa/server",
      rootDir: ".",
    },
    include: ["**/*"],
    exclude: ["node_modules", ".medusa"],
  })
  const head = 'import { defineConfig } from "@medusajs/framework/utils"\n\n'
  write(dir, "medusa-config.ts", head + configOfReadme())
  await npmInstall(dir, [], logOf("shop-npm"))
  await npmInstall(dir, [packed.core.tarball, packed.plugin.tarball], logOf("shop-npm"))
  return dir
}

/** `medusa db:migrate`, a user, and `medusa build`. @returns the folder of what was built, which `medusa start` runs */
export async function buildShop(dir: string, env: Record<string, string>): Promise<string> {
  rmSync(join(dir, ".medusa"), { recursive: true, force: true })
  const at = { cwd: dir, env, logFile: logOf("shop-build") }
  await npx(["medusa", "db:migrate"], at)
  await npx(["medusa", "user", "--email", admin.email, "--password", admin.password], at)
  await npx(["medusa", "build"], at)
  return join(dir, ".medusa", "server")
}

export const WAYS = ["by copying its folder", "by npm"] as const

/** A Directus project with the extension, put there in one of the two ways that the README names. @returns its folder */
export async function plainCms(packed: Packed, way: (typeof WAYS)[number]): Promise<string> {
  const dir = folder("cms")
  rmSync(join(dir, "extensions"), { recursive: true, force: true })
  const dependencies = { directus: versionOf("directus") }
  writeJson(dir, "package.json", { name: "plain-cms", version: "1.0.0", private: true, dependencies })
  await npmInstall(dir, [], logOf("cms-npm"))
  if (way === "by npm") await npmInstall(dir, [packed.extension.tarball], logOf("cms-npm"))
  else copyExtension(packed.extension.folder, dir)
  return dir
}

/** A folder of an operator's with nothing but the command line in it. */
export async function plainCommandLine(packed: Packed): Promise<string> {
  const dir = folder("operator")
  writeJson(dir, "package.json", { name: "operator", version: "1.0.0", private: true })
  await npmInstall(dir, [packed.cli.tarball], logOf("operator-npm"))
  return dir
}
