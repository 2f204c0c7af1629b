import Medusa from "@medusajs/js-sdk"

/** Medusa's bundler puts the host's own settings here (2.21). */
declare const __BACKEND_URL__: string | undefined
declare const __AUTH_TYPE__: "session" | "jwt" | undefined
declare const __JWT_TOKEN_STORAGE_KEY__: string | undefined

const sdk = new Medusa({
  baseUrl: __BACKEND_URL__ || "/",
  auth: {
    type: __AUTH_TYPE__ || "session",
    ...(__JWT_TOKEN_STORAGE_KEY__ ? { jwtTokenStorageKey: __JWT_TOKEN_STORAGE_KEY__ } : {}),
  },
})

type Query = Record<string, string | number | undefined>

export const read = <Answer>(path: string, query: Query = {}): Promise<Answer> =>
  sdk.client.fetch<Answer>(`/admin/directus/${path}`, { query })

export const send = <Answer>(path: string, body: object = {}): Promise<Answer> =>
  sdk.client.fetch<Answer>(`/admin/directus/${path}`, { method: "POST", body })
