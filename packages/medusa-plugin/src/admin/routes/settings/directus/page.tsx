import { defineRouteConfig } from "@medusajs/admin-sdk"
import { SettingsPage } from "../../../settings/settings-page"

const DirectusPage = () => <SettingsPage />

export const config = defineRouteConfig({ label: "title", translationNs: "directus" })

export const handle = { breadcrumb: () => "Directus" }

export default DirectusPage
