import { Button, Input, Label, Select, Textarea } from "@medusajs/ui"
import { editedFrom, readEdited, typedAs } from "medusa-directus-core/names"
import { useId, useState, type FormEvent } from "react"
import type { ConflictState } from "../../operate/record-state"
import { useWords } from "../words/use-words"

interface EditValueProps {
  conflict: ConflictState
  isBusy: boolean
  save: (value: unknown) => void
  cancel: () => void
}

/** Neither of the two: a value that somebody writes now. */
export function EditValue({ conflict, isBusy, save, cancel }: EditValueProps) {
  const { t, field } = useWords()
  const type = conflict.type ?? "text"
  const as = typedAs(type, conflict.field)
  const isLong = as === "json" || type === "text" || type === "map"
  const id = useId()
  const [text, setText] = useState(editedFrom(type, conflict.field, conflict.value))
  const [isWrong, setWrong] = useState(false)

  function submit(event: FormEvent): void {
    event.preventDefault()
    try {
      save(readEdited(type, conflict.field, text))
    } catch {
      setWrong(true)
    }
  }

  return (
    <form onSubmit={submit} className="flex flex-col gap-2">
      <Label htmlFor={id} size="small" weight="plus">
        {t("conflict.editLabel", { field: field(conflict.field) })}
      </Label>
      {as === "boolean" ? (
        <Select size="small" value={text} onValueChange={setText}>
          <Select.Trigger id={id}>
            <Select.Value />
          </Select.Trigger>
          <Select.Content>
            <Select.Item value="true">{t("common.yes")}</Select.Item>
            <Select.Item value="false">{t("common.no")}</Select.Item>
          </Select.Content>
        </Select>
      ) : isLong ? (
        <Textarea
          id={id}
          rows={4}
          value={text}
          dir="auto"
          aria-invalid={isWrong}
          aria-describedby={isWrong ? `${id}-wrong` : undefined}
          onChange={({ target }) => setText(target.value)}
        />
      ) : (
        <Input id={id} size="small" value={text} onChange={({ target }) => setText(target.value)} />
      )}
      {isWrong && (
        <p id={`${id}-wrong`} role="alert" className="txt-small text-ui-fg-error">
          {t("conflict.badJson")}
        </p>
      )}
      <div className="flex gap-2">
        <Button size="small" type="submit" isLoading={isBusy}>
          {t("common.save")}
        </Button>
        <Button size="small" type="button" variant="secondary" onClick={cancel}>
          {t("common.cancel")}
        </Button>
      </div>
    </form>
  )
}
