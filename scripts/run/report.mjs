const began = Date.now()

export class Advice extends Error {
  /** @param {string} what  @param {string} next what the reader should do now */
  constructor(what, next, exitCode = 1) {
    super(what)
    this.next = next
    this.exitCode = exitCode
  }
}

export function step(text) {
  const seconds = ((Date.now() - began) / 1000).toFixed(1).padStart(6)
  console.log(`[${seconds} s] ${text}`)
}

export function fail(error) {
  if (!(error instanceof Advice)) throw error
  console.error(`\n${error.message}\n${error.next}`)
  return error.exitCode
}
