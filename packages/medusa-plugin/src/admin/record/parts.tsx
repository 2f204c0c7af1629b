import { Text } from "@medusajs/ui"
import { Link } from "react-router-dom"
import type { RecordState } from "../../operate/record-state"
import { partsOf } from "../words/parts-of"
import { useWords } from "../words/use-words"

/** How the variants and images of a product are, on both sides. */
export function Parts({ sides }: { sides: NonNullable<RecordState["sides"]> }) {
  const { t } = useWords()
  const { stopped, conflicts, waiting, leftAlone, synced } = partsOf(sides)
  const wrong = [
    stopped > 0 && t("record.partsStopped", { count: stopped }),
    conflicts > 0 && t("record.partsConflicts", { count: conflicts }),
    waiting > 0 && t("record.partsWaiting", { count: waiting }),
    leftAlone > 0 && t("record.partsAlone", { count: leftAlone }),
  ].filter(Boolean)
  const fine = synced === null ? t("record.partsHere") : t("record.partsFine", { count: synced })
  const tab = stopped > 0 ? "stopped" : conflicts > 0 ? "conflicts" : null
  return (
    <div className="flex items-start justify-between gap-2">
      <div>
        <Text size="small" weight="plus">
          {t("record.parts")}
        </Text>
        <Text size="small" className="text-ui-fg-subtle">
          {wrong.length > 0 ? wrong.join(", ") : fine}
        </Text>
      </div>
      {tab && (
        <Link
          to={`/settings/directus?tab=${tab}`}
          className="txt-small text-ui-fg-base underline underline-offset-2 whitespace-nowrap"
        >
          {t("record.partsLook")}
        </Link>
      )}
    </div>
  )
}
