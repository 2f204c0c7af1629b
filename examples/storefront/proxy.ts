import { NextResponse, type NextRequest } from "next/server"
import { textOf } from "./lib/address"
import { contentPolicy } from "./lib/content-policy"
import { isLanguage, words, type Language } from "./lib/words"

/** Before each answer: its Content-Security-Policy, and what is said of addresses that no page has. */
export function proxy(request: NextRequest): NextResponse {
  const policy = contentPolicy(crypto.randomUUID())
  const answer = answerTo(request, policy)
  answer.headers.set("content-security-policy", policy)
  return answer
}

function answerTo(request: NextRequest, policy: string): NextResponse {
  const { pathname } = request.nextUrl
  const language = languageOf(pathname)
  // Over such an address Next's own pages fail with 500 (16.4).
  if (textOf(pathname) === null) return new NextResponse(words[language ?? "en"].missing, { status: 404 })
  // Next puts the nonce of the request's policy into the scripts of the page.
  const headers = new Headers(request.headers)
  headers.set("content-security-policy", policy)
  if (language !== null || isFile(pathname)) return NextResponse.next({ request: { headers } })
  return NextResponse.rewrite(new URL("/en/-", request.url), { request: { headers } })
}

function languageOf(pathname: string): Language | null {
  const first = pathname.split("/")[1] ?? ""
  return isLanguage(first) ? first : null
}

/** Of the build, or of public/. */
const isFile = (pathname: string): boolean => pathname.startsWith("/_next/") || pathname === "/icon.svg"
