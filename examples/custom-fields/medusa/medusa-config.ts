import { defineConfig, loadEnv } from "@medusajs/framework/utils"
import { directusSync } from "./directus-sync"

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
  modules: [{ resolve: "./src/modules/brand" }],
  plugins: [
    {
      resolve: "medusa-plugin-directus",
      options: {
        directusUrl: process.env.DIRECTUS_URL,
        secret: process.env.MEDUSA_SYNC_SECRET,
        ...directusSync,
      },
    },
  ],
})
