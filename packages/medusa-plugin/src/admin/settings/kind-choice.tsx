import { Choice } from "../pieces/choice"
import { useWords } from "../words/use-words"

interface KindChoiceProps {
  kinds: string[]
  /** `undefined` = all. */
  kind: string | undefined
  onChange: (kind: string | undefined) => void
}

/** Radix takes no empty value. */
const ALL = "*"

export function KindChoice({ kinds, kind, onChange }: KindChoiceProps) {
  const { t, kind: kindName } = useWords()
  return (
    <Choice
      label={t("common.kind")}
      value={kind ?? ALL}
      options={[[ALL, t("common.all")], ...kinds.map((name): [string, string] => [name, kindName(name, 2)])]}
      onChange={(value) => onChange(value === ALL ? undefined : value)}
    />
  )
}
