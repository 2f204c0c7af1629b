import tseslint from "typescript-eslint"

const hosts = ["@medusajs/*", "@directus/*", "directus", "directus/*", "vue", "react", "express", "knex", "pg"]
const inputOutput = [
  "node:fs",
  "node:fs/*",
  "node:http",
  "node:https",
  "node:net",
  "node:child_process",
  "node:worker_threads",
  "fs",
  "http",
  "https",
  "net",
  "child_process",
]

export default tseslint.config(
  {
    ignores: [
      "**/node_modules/**",
      "**/dist/**",
      "**/.medusa/**",
      "**/.turbo/**",
      "**/.data/**",
      "**/.tmp-*/**",
      ".toolchain/**",
      "examples/*/directus/extensions/**",
      "examples/storefront/.next/**",
      "examples/storefront/next-env.d.ts",
    ],
  },
  ...tseslint.configs.recommended,
  {
    rules: {
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      "@typescript-eslint/consistent-type-imports": ["error", { disallowTypeAnnotations: false }],
      "@typescript-eslint/switch-exhaustiveness-check": "off",
      eqeqeq: ["error", "always", { null: "ignore" }],
      "no-duplicate-imports": ["error", { allowSeparateTypeImports: true }],
      "no-restricted-syntax": [
        "error",
        {
          selector: "TSEnumDeclaration",
          message: "Use a union of literals: an enum is not erasable.",
        },
      ],
    },
  },
  {
    // A lost promise is a lost change, and on Directus an unhandled rejection ends the server.
    files: ["packages/*/src/**/*.ts"],
    ignores: ["**/*.test.ts", "**/*.spec.ts", "**/__tests__/**", "**/*.d.ts"],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/no-misused-promises": "error",
      "@typescript-eslint/no-unsafe-argument": "error",
      "@typescript-eslint/no-unsafe-assignment": "error",
      "@typescript-eslint/no-unsafe-call": "error",
      "@typescript-eslint/no-unsafe-member-access": "error",
      "@typescript-eslint/no-unsafe-return": "error",
      "@typescript-eslint/switch-exhaustiveness-check": [
        "error",
        { considerDefaultExhaustiveForUnions: true, requireDefaultForNonUnion: false },
      ],
    },
  },
  {
    // ESLint knows no types of `.vue` files; vue-tsc checks what these hand to Directus.
    files: ["packages/directus-extension/src/sync-*/{index,display,interface}.ts"],
    rules: { "@typescript-eslint/no-unsafe-assignment": "off" },
  },
  {
    files: ["packages/core/src/**/*.ts"],
    rules: {
      "no-restricted-imports": [
        "error",
        {
          patterns: [
            { group: hosts, message: "The engine knows no host: put this behind a port (src/ports.ts)." },
            {
              group: inputOutput,
              message: "The engine does no input or output: put this behind a port (src/ports.ts).",
            },
          ],
        },
      ],
    },
  },
  {
    files: ["packages/medusa-plugin/src/**/*.{ts,tsx}"],
    rules: {
      "no-restricted-imports": [
        "error",
        {
          paths: [{ name: "zod", message: "Use '@medusajs/framework/zod': the host's copy." }],
          patterns: [
            {
              regex: "^(@directus/(?!sdk$)|directus(/|$))",
              message: "The plugin speaks to Directus by the wire only.",
            },
            { group: ["@mikro-orm/*"], message: "Use '@medusajs/framework/mikro-orm/*': the host's copy." },
          ],
        },
      ],
    },
  },
  {
    files: ["packages/directus-extension/src/**/*.ts"],
    rules: {
      "no-restricted-imports": [
        "error",
        { patterns: [{ regex: "^@medusajs/", message: "The extension speaks to Medusa by the wire only." }] },
      ],
    },
  },
  {
    files: ["packages/cli/src/**/*.ts"],
    rules: {
      "@typescript-eslint/no-restricted-imports": [
        "error",
        {
          paths: [
            {
              name: "medusa-directus-core/host",
              allowTypeImports: true,
              message: "Types, and medusa-directus-core/sign.",
            },
          ],
          patterns: [{ group: hosts, message: "The command line speaks to both hosts by their APIs only." }],
        },
      ],
    },
  },
)
