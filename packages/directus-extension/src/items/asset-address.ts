const UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"

/** The public addresses of the files of this Directus. */
export interface Assets {
  addressOf(file: string): string
  /** The file behind an address that `addressOf` gave; `null` for any other text. */
  fileAt(address: string): string | null
}

/** @param publicUrl - without a slash at the end. */
export function makeAssets(publicUrl: string): Assets {
  const start = `${publicUrl}/assets/`
  const file = new RegExp(`^${UUID}$`)
  return {
    addressOf: (id) => start + id.toLowerCase(),
    fileAt(address) {
      // Exactly: an address with more to it (a size, a name) would be read back as another one.
      const id = address.startsWith(start) ? address.slice(start.length) : ""
      return file.test(id) ? id : null
    },
  }
}
