import { databaseError } from "./sql"

const ATTEMPTS = 3

/** Deadlocks, and links that another transaction made first: the same work, done again at once, sees what that one did. */
function isLostRace(error: unknown): boolean {
  const { code, table } = databaseError(error) ?? {}
  return code === "40P01" || code === "40001" || (code === "23505" && table === "directus_sync_link")
}

/** Runs a transaction, and runs it again when it lost a race. Its work must change nothing outside of the database. */
export async function retryLostRaces<Result>(transaction: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await transaction()
    } catch (error) {
      if (attempt === ATTEMPTS || !isLostRace(error)) throw error
    }
  }
}
