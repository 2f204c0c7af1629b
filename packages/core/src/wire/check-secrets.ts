import { SyncError } from "../errors.ts"

const LENGTH = 16
const NEW = 12
const DIFFERENT = 6

/** Makes a good one. */
export const SECRET_COMMAND = "node -e \"console.log(require('crypto').randomBytes(32).toString('hex'))\""

/**
 * How many characters tell something that those before have not told: a third one in a row that is the same or counts on
 * (`aaa`, `123`, `cba`) does not, nor one that ends three that have stood together before (`abcabc`).
 */
function newCharacters(secret: string): number {
  const threes = new Set<string>()
  let found = 0
  for (let i = 0; i < secret.length; i++) {
    const three = secret.slice(i - 2, i + 1)
    const [step, before] = [stepTo(secret, i), stepTo(secret, i - 1)]
    const isRow = i > 1 && step === before && Math.abs(step) <= 1
    if (i < 2 || (!isRow && !threes.has(three))) found++
    if (i > 1) threes.add(three)
  }
  return found
}

const stepTo = (text: string, i: number): number => text.charCodeAt(i) - text.charCodeAt(i - 1)

const isGuessable = (secret: string): boolean =>
  newCharacters(secret) < NEW || new Set(secret.toLowerCase()).size < DIFFERENT

/**
 * Who has seen one message can try secrets against its signature, as many as their machines can, and nobody notices.
 *
 * @returns why both sides refuse one of these; `null` when all are good.
 */
export function faultOfSecrets(option: string, secrets: string[]): string | null {
  if (secrets.length === 0 || secrets.some((secret) => secret.length < LENGTH))
    return `${option} must be at least ${String(LENGTH)} characters and the same on both sides.`
  if (secrets.some(isGuessable))
    return `${option} can be guessed: too many of its characters are the same, count on (1234) or repeat others (abcabc).`
  return null
}

/**
 * @param remedy - where to get a good one.
 * @throws SyncError `invalid_options` when a secret is too short to be one, or can be guessed
 */
export function checkSecrets(option: string, secrets: string[], remedy = `Make one with: ${SECRET_COMMAND}`): void {
  const fault = faultOfSecrets(option, secrets)
  if (fault !== null) throw new SyncError("invalid_options", `${fault} ${remedy}`)
}
