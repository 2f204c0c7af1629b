import type { Knex } from "knex"

interface Access {
  user: string | null
  role: string | null
}

/** The ids of all active users who are administrators: by a policy of their own, of their role, or of one above it. */
export async function adminUsers(database: Knex): Promise<string[]> {
  const granted = await database("directus_access")
    .join("directus_policies", "directus_policies.id", "directus_access.policy")
    .where("directus_policies.admin_access", true)
    .select<Access[]>("directus_access.user", "directus_access.role")
  const roles = new Set(granted.flatMap(({ role }) => role ?? []))
  const all = await database("directus_roles").select<{ id: string; parent: string | null }[]>("id", "parent")
  for (let before = -1; before < roles.size;) {
    before = roles.size
    for (const { id, parent } of all) if (parent !== null && roles.has(parent)) roles.add(id)
  }
  const own = granted.flatMap(({ user }) => user ?? [])
  return database("directus_users")
    .where({ status: "active" })
    .where((either) => void either.whereIn("id", own).orWhereIn("role", [...roles]))
    .orderBy("id")
    .pluck<string[]>("id")
}
