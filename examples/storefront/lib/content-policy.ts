/** Addresses in a variable, each with or without a path, as the origins that a browser compares. */
const originsIn = (text: string | undefined): string[] =>
  (text ?? "").split(/[\s,]+/).flatMap((address) => (URL.canParse(address) ? [new URL(address).origin] : []))

/**
 * What a page may load, and who may frame it: the Content-Security-Policy of one answer.
 *
 * @param nonce - in the scripts that this answer brings; another page's are not run.
 */
export function contentPolicy(nonce: string): string {
  const { IMAGE_ORIGINS, MEDUSA_URL, STUDIO_URL, NODE_ENV } = process.env
  // React's tools for development evaluate text, put styles into the page and listen on a socket.
  const isDev = NODE_ENV === "development"
  const studio = originsIn(STUDIO_URL)
  const rules: Record<string, string[]> = {
    "default-src": ["'none'"],
    // Without 'strict-dynamic', which lets a script of the page bring others from anywhere: Next's come from here.
    "script-src": ["'self'", `'nonce-${nonce}'`, ...(isDev ? ["'unsafe-eval'"] : [])],
    "style-src": ["'self'", isDev ? "'unsafe-inline'" : `'nonce-${nonce}'`],
    "img-src": ["'self'", "data:", ...originsIn(MEDUSA_URL), ...originsIn(IMAGE_ORIGINS)],
    "font-src": ["'self'"],
    "connect-src": ["'self'", ...(isDev ? ["ws:"] : [])],
    "manifest-src": ["'self'"],
    "form-action": ["'self'"],
    "base-uri": ["'none'"],
    "frame-ancestors": studio.length > 0 ? studio : ["'none'"],
  }
  return Object.entries(rules)
    .map(([name, sources]) => [name, ...sources].join(" "))
    .join("; ")
}
