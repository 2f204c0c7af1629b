import type { Accountability, EndpointExtensionContext, ExtensionsServices } from "@directus/types"

/** What is used of that which Directus gives hooks and endpoints. */
export type HostContext = Pick<EndpointExtensionContext, "database" | "env" | "logger" | "getSchema"> & {
  services: Pick<
    ExtensionsServices,
    | "CollectionsService"
    | "FieldsService"
    | "FilesService"
    | "FoldersService"
    | "ItemsService"
    | "NotificationsService"
    | "RelationsService"
    | "ServerService"
    | "UtilsService"
  >
}

/** The sync writes as Directus itself: no user, every right, and tracked, so that activity and revisions exist. */
export const SYSTEM: Accountability = {
  user: null,
  role: null,
  roles: [],
  admin: true,
  app: false,
  ip: null,
  userAgent: "directus-extension-medusa",
}
