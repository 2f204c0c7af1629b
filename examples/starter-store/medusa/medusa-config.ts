import { defineConfig, loadEnv } from "@medusajs/framework/utils"
import mapping from "./sync-mapping.json"

loadEnv(process.env.NODE_ENV || "development", process.cwd())

module.exports = defineConfig({
  projectConfig: {
    databaseUrl: process.env.DATABASE_URL,
    redisUrl: process.env.REDIS_URL,
    http: {
      storeCors: process.env.STORE_CORS!,
      adminCors: process.env.ADMIN_CORS!,
      authCors: process.env.AUTH_CORS!,
      jwtSecret: process.env.JWT_SECRET,
      cookieSecret: process.env.COOKIE_SECRET,
    },
  },
  admin: {
    disable: process.env.DISABLE_MEDUSA_ADMIN === "true",
    backendUrl: process.env.MEDUSA_BACKEND_URL,
  },
  // Medusa's own Translation Module: products, categories, … in several languages.
  featureFlags: { translation: true },
  modules: [{ resolve: "@medusajs/medusa/translation" }],
  plugins: [
    {
      resolve: "medusa-plugin-directus",
      options: {
        directusUrl: process.env.DIRECTUS_URL || process.env.NEXT_PUBLIC_DIRECTUS_URL,
        // Two with a comma between them while the secret is being changed.
        secret: (process.env.MEDUSA_SYNC_SECRET || process.env.MEDUSA_SECRET_API)?.split(","),
        // Directus reads the same file.
        mapping,
        // The store API shows what editors add in Directus: fields=*directus_product, and so on.
        content: { product: "*", category: "*", collection: "*" },
      },
    },
  ],
})
