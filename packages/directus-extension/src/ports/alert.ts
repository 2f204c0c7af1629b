import type { Alert } from "medusa-directus-core/operate"
import { SYSTEM, type HostContext } from "../host-context"
import { adminUsers } from "../database/admin-users"

/** The same for as long as a problem lasts, so that its notifications are found again. */
const subjectOf = ({ code }: Alert): string => `Medusa sync: ${code.replaceAll("_", " ")}`

/**
 * A notification in the inbox of every active administrator; Directus mails it to those who want that. When the problem
 * is gone, those that still lie there are archived: an inbox is a list of what is to be done.
 */
export async function notifyAdmins(
  { database, getSchema, services }: HostContext,
  publicUrl: string,
  alert: Alert,
): Promise<void> {
  const notifications = new services.NotificationsService({
    knex: database,
    schema: await getSchema(),
    accountability: SYSTEM,
  })
  const subject = subjectOf(alert)
  if (alert.kind === "cleared") {
    const raised = await database("directus_notifications")
      .where({ subject, status: "inbox" })
      .whereNull("sender")
      .pluck<number[]>("id")
    await notifications.updateMany(raised, { status: "archived" })
    return
  }
  const message = `${alert.message}\n\n[Details](${publicUrl}/medusa-sync/health)`
  // Only createOne mails.
  for (const recipient of await adminUsers(database)) await notifications.createOne({ recipient, subject, message })
}
