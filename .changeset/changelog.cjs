// What a user reads: the changeset's own words. The commit it came with and the versions of the other three, which are always
// the same, say nothing to them.
module.exports = {
  getReleaseLine: async ({ summary }) => {
    const [first, ...rest] = summary.trim().split("\n")
    return [`- ${first}`, ...rest.map((line) => (line === "" ? "" : `  ${line}`))].join("\n")
  },
  getDependencyReleaseLine: async () => "",
}
