import { Select } from "@medusajs/ui"
import { useWords } from "../words/use-words"

interface ChoiceProps {
  label: string
  value: string
  options: [value: string, label: string][]
  onChange: (value: string) => void
}

/** A filter: one of a few. */
export function Choice({ label, value, options, onChange }: ChoiceProps) {
  const { dir } = useWords()
  return (
    <Select size="small" dir={dir} value={value} onValueChange={onChange}>
      <Select.Trigger aria-label={label} className="w-auto min-w-36">
        <Select.Value />
      </Select.Trigger>
      <Select.Content>
        {options.map(([key, text]) => (
          <Select.Item key={key} value={key}>
            {text}
          </Select.Item>
        ))}
      </Select.Content>
    </Select>
  )
}
