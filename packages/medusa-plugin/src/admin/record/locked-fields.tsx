import { LockClosedSolid } from "@medusajs/icons"
import { Badge, Text } from "@medusajs/ui"
import type { FieldRule } from "../../operate/record-state"
import { useWords } from "../words/use-words"

/** Which fields only one side may change. */
export function LockedFields({ fields, owner }: { fields: FieldRule[]; owner: "medusa" | "directus" }) {
  const { t, field } = useWords()
  const locked = fields.filter((one) => one.owner === owner)
  if (locked.length === 0) return null
  const [title, text] =
    owner === "directus" ? ["record.locked", "record.lockedText"] : ["record.ours", "record.oursText"]
  return (
    <div>
      <Text size="small" weight="plus">
        {t(title)}
      </Text>
      <Text size="small" className="text-ui-fg-subtle">
        {t(text)}
      </Text>
      <ul className="mt-2 flex flex-wrap gap-1">
        {locked.map(({ name }) => (
          <li key={name}>
            <Badge size="2xsmall" className="gap-1">
              {owner === "directus" && <LockClosedSolid aria-hidden />}
              {field(name)}
            </Badge>
          </li>
        ))}
      </ul>
    </div>
  )
}
