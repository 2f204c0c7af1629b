import { Tabs } from "@medusajs/ui"
import type { ReactNode } from "react"
import { useSearchParams } from "react-router-dom"
import type { Overview } from "../../operate/overview"
import { Failed } from "../pieces/failed"
import { Section } from "../pieces/section"
import { Loading } from "../pieces/waiting"
import { useOverview } from "../queries/use-overview"
import { useWords } from "../words/use-words"
import { ActivityTab } from "./activity-tab"
import { BackfillTab } from "./backfill-tab"
import { DriftTab } from "./drift-tab"
import { InboxTab } from "./inbox-tab"
import { MappingTab } from "./mapping-tab"
import { OverviewTab } from "./overview-tab"
import { StoppedTab } from "./stopped-tab"

type Show = (tab: string) => void

const TABS: Record<string, (overview: Overview, show: Show) => ReactNode> = {
  overview: (overview, show) => <OverviewTab overview={overview} show={show} />,
  conflicts: ({ kinds }) => <InboxTab kinds={kinds} />,
  stopped: (overview) => <StoppedTab overview={overview} />,
  activity: ({ kinds }) => <ActivityTab kinds={kinds} />,
  backfill: ({ kinds, backfill }) => <BackfillTab kinds={kinds} backfill={backfill} />,
  drift: () => <DriftTab />,
  mapping: () => <MappingTab />,
}

/** Settings → Directus. The tab is in the page's address, so that it can be linked to. */
export function SettingsPage() {
  const { t, amount, dir } = useWords()
  const [params, setParams] = useSearchParams()
  const { data: overview, error, refetch } = useOverview()
  const asked = params.get("tab") ?? "overview"
  const tab = asked in TABS ? asked : "overview"
  const show: Show = (to) => setParams(to === "overview" ? {} : { tab: to })
  const waiting: Record<string, number> = {
    conflicts: overview?.status.openConflicts ?? 0,
    stopped: overview?.status.links.quarantined ?? 0,
  }
  // While the sync is off there is nothing behind the other tabs.
  const names = overview?.status.state === "off" ? ["overview"] : Object.keys(TABS)
  return (
    <Tabs dir={dir} value={names.includes(tab) ? tab : "overview"} onValueChange={show}>
      <div className="overflow-x-auto pb-2" data-directus="">
        <Tabs.List aria-label={t("tabs.label")}>
          {names.map((name) => (
            <Tabs.Trigger key={name} value={name}>
              {t(`tabs.${name}`)}
              {waiting[name] ? ` (${amount(waiting[name])})` : ""}
            </Tabs.Trigger>
          ))}
        </Tabs.List>
      </div>
      {!overview && (
        <Section title={t("title")} level="h1">
          {error ? <Failed error={error} retry={refetch} /> : <Loading lines={5} />}
        </Section>
      )}
      {overview &&
        names.map((name) => (
          <Tabs.Content key={name} value={name} className="flex flex-col gap-y-3">
            {TABS[name]?.(overview, show)}
          </Tabs.Content>
        ))}
    </Tabs>
  )
}
