import type { Overview } from "../../operate/overview"
import { useWords } from "../words/use-words"

/** How many records are how; those that want a person lead to their list. */
export function Counts({ overview: { status, health }, show }: { overview: Overview; show: (tab: string) => void }) {
  const { t, amount } = useWords()
  const { links, marks, openConflicts } = status
  const there = health.details?.peer
  const counts: [name: string, count: number, tab?: string, there?: number][] = [
    ["active", links.active],
    ["pending", marks.due + marks.later],
    ["conflicts", openConflicts, "conflicts", there?.conflicts],
    ["quarantined", links.quarantined, "stopped", there?.stopped],
    ["unlinked", links.unlinked],
  ]
  return (
    <dl className="grid grid-cols-2 gap-px sm:grid-cols-3 xl:grid-cols-5">
      {counts.map(([name, count, tab, more = 0]) => (
        <div key={name} className="px-6 py-4">
          <dt className="txt-small text-ui-fg-subtle">{t(`overview.counts.${name}`)}</dt>
          <dd className="txt-xlarge-plus">
            {tab && count > 0 ? (
              <button
                type="button"
                className="text-ui-fg-base hover:text-ui-fg-subtle underline underline-offset-2"
                aria-label={`${t(`overview.counts.${name}`)}: ${amount(count)}`}
                onClick={() => show(tab)}
              >
                {amount(count)}
              </button>
            ) : (
              amount(count)
            )}
          </dd>
          {tab && more > 0 && (
            <dd className="txt-small">
              <button
                type="button"
                className="text-ui-fg-subtle underline underline-offset-2"
                aria-label={`${t(`overview.counts.${name}`)}: ${t("overview.there", { count: more })}`}
                onClick={() => show(tab)}
              >
                {t("overview.there", { count: more })}
              </button>
            </dd>
          )}
        </div>
      ))}
    </dl>
  )
}
