import { defineModule } from "@directus/extensions-sdk"
import BackfillPage from "./backfill-page.vue"
import ConflictsPage from "./conflicts-page.vue"
import DriftPage from "./drift-page.vue"
import MappingPage from "./mapping-page.vue"
import OverviewPage from "./overview-page.vue"
import QuarantinePage from "./quarantine-page.vue"

/** For administrators; the server asks the same of each request. */
export default defineModule({
  id: "medusa-sync",
  name: "Medusa",
  icon: "sync_alt",
  routes: [
    { name: "medusa-sync-overview", path: "", component: OverviewPage },
    { name: "medusa-sync-conflicts", path: "conflicts", component: ConflictsPage },
    { name: "medusa-sync-quarantine", path: "stopped", component: QuarantinePage },
    { name: "medusa-sync-backfill", path: "backfill", component: BackfillPage },
    { name: "medusa-sync-drift", path: "drift", component: DriftPage },
    { name: "medusa-sync-mapping", path: "mapping", component: MappingPage },
  ],
  preRegisterCheck: (user) => (user as { admin_access?: boolean }).admin_access === true,
})
