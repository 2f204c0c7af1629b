import type { NextConfig } from "next"

/** Of every answer; what differs from page to page is in proxy.ts. */
const headers = [
  { key: "X-Content-Type-Options", value: "nosniff" },
  { key: "Referrer-Policy", value: "strict-origin-when-cross-origin" },
  { key: "Permissions-Policy", value: "camera=(), geolocation=(), microphone=()" },
]

const config: NextConfig = {
  poweredByHeader: false,
  headers: () => Promise.resolve([{ source: "/:path*", headers }]),
  redirects: () => Promise.resolve([{ source: "/", destination: "/en", permanent: false }]),
}

export default config
