import fc from "fast-check"
import { randomBytes } from "node:crypto"
import { describe, expect, it } from "vitest"
import { checkSecrets } from "../src/wire/check-secrets.ts"

const COMMAND = "node -e \"console.log(require('crypto').randomBytes(32).toString('hex'))\""
const taken = (secret: string): boolean => {
  try {
    checkSecrets("It", [secret])
    return true
  } catch {
    return false
  }
}

describe("a secret", () => {
  it.each([
    "aaaaaaaaaaaaaaaa",
    "a".repeat(1_000),
    "1234567890123456",
    "0123456789abcdef0123456789abcdef",
    "9876543210987654",
    "abcdefghijklmnopqrstuvwxyz",
    "passwordpassword",
    "PasswordPasswordPassword",
    "password12345678",
    "abcabcabcabcabcabc",
    "changemechangemechangeme",
    "hunter2hunter2hunter2",
    "aAaAaAaAaAaAaAaA",
    "1212121212121212",
    "1122334455112233",
    "sk_aaaaaaaaaaaaaaaaaaaaaaaa",
    "sk_0123456789abcdef",
    "                ",
  ])("%j can be guessed, and the refusal has the command for a good one, and not the secret", (secret) => {
    const refused = () => checkSecrets("MEDUSA_SYNC_SECRET", ["a-secret-of-16-characters", secret])
    expect(refused).toThrow(
      expect.objectContaining({
        code: "invalid_options",
        message: `MEDUSA_SYNC_SECRET can be guessed: too many of its characters are the same, count on (1234) or repeat others (abcabc). Make one with: ${COMMAND}`,
      }),
    )
  })

  it.each([
    "a-secret-of-16-characters",
    "e2e-shared-secret-security-M3d9",
    "plain-shared-secret-T4x8",
    "correct horse battery staple",
  ])("of words and digits is taken: %s", (secret) => expect(taken(secret)).toBe(true))

  it("of 16 random bytes is taken, however it is written, and so is a key of Medusa's", () => {
    for (let i = 0; i < 2_000; i++) {
      const bytes = randomBytes(16)
      for (const encoding of ["hex", "base64", "base64url"] as const) expect(taken(bytes.toString(encoding))).toBe(true)
      expect(taken(`sk_${randomBytes(32).toString("hex")}`)).toBe(true)
    }
  })

  it("that repeats nine characters or fewer is none, however long", () => {
    const piece = fc.string({ unit: "binary-ascii", minLength: 1, maxLength: 9 })
    fc.assert(
      fc.property(piece, fc.integer({ min: 16, max: 200 }), (nine, times) => {
        expect(taken(nine.repeat(times))).toBe(false)
      }),
    )
  })

  it("is at least 16 characters long, each of several, and there is one", () => {
    for (const secrets of [[], ["short"], ["a-secret-of-16-characters", "k7Qz-19Xw-b4Lp-"]])
      expect(() => checkSecrets("secret", secrets)).toThrow(/^secret must be at least 16 characters.*randomBytes/)
    expect(taken("k7Qz-19Xw-b4Lp-8")).toBe(true)
  })

  it("that is made elsewhere is refused with where to get another one", () => {
    expect(() => checkSecrets("KEY", ["sk_aaaaaaaaaaaaa"], "Ask there.")).toThrow(
      /^KEY can be guessed: .* Ask there\.$/,
    )
  })
})
