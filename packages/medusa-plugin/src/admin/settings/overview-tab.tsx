import { StatusBadge } from "@medusajs/ui"
import { useMutation, useQueryClient } from "@tanstack/react-query"
import type { ConnectionCheck } from "medusa-directus-core/host"
import type { Overview } from "../../operate/overview"
import { OutsideLink } from "../pieces/outside-link"
import { Section } from "../pieces/section"
import { send } from "../sdk"
import { useWords } from "../words/use-words"
import { Connection } from "./connection"
import { Counts } from "./counts"
import { Directions } from "./directions"
import { Problems } from "./problems"

const COLOURS = { ok: "green", degraded: "orange", stopped: "red" } as const

export function OverviewTab({ overview, show }: { overview: Overview; show: (tab: string) => void }) {
  const { t } = useWords()
  const client = useQueryClient()
  const check = useMutation({
    mutationFn: () => send<{ checks: ConnectionCheck[] }>("check"),
    onSettled: () => client.invalidateQueries({ queryKey: ["directus"] }),
  })
  const { health, directus, status } = overview
  return (
    <>
      <Section
        title={t("title")}
        level="h1"
        text={t("overview.intro")}
        actions={
          <>
            <StatusBadge color={COLOURS[health.state]}>{t(`overview.state.${health.state}`)}</StatusBadge>
            {directus && <OutsideLink to={`${directus.studio_url}/admin`}>{t("overview.openDirectus")}</OutsideLink>}
          </>
        }
      >
        <Counts overview={overview} show={show} />
      </Section>
      <Problems
        problems={health.problems}
        isPeerHeard={health.details?.peer != null}
        show={show}
        check={() => check.mutate()}
      />
      <Directions overview={overview} />
      {status.state !== "off" && (
        <Connection checks={check.data?.checks} isChecking={check.isPending} check={() => check.mutate()} />
      )}
    </>
  )
}
