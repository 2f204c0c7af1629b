import { Checkbox, Input, Label } from "@medusajs/ui"
import { useId, useState, type ReactNode } from "react"
import { useWords } from "../words/use-words"

export interface BackfillRequest {
  /** All kinds when absent. */
  kinds?: string[]
  perMinute?: number
  leaveDeleted?: true
}

interface BackfillFormProps {
  kinds: string[]
  onChange: (request: BackfillRequest) => void
  /** The buttons. */
  children: (isValid: boolean) => ReactNode
}

export function BackfillForm({ kinds, onChange, children }: BackfillFormProps) {
  const { t, kind: kindName } = useWords()
  const id = useId()
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set())
  const [speed, setSpeed] = useState("")
  const [leavesDeleted, setLeavesDeleted] = useState(false)
  const isSpeed = speed === "" || /^[1-9]\d{0,6}$/.test(speed)

  function change(without: ReadonlySet<string>, perMinute: string, leaveDeleted: boolean): void {
    setLeft(without)
    setSpeed(perMinute)
    setLeavesDeleted(leaveDeleted)
    onChange({
      ...(without.size > 0 ? { kinds: kinds.filter((name) => !without.has(name)) } : {}),
      ...(perMinute === "" ? {} : { perMinute: Number(perMinute) }),
      ...(leaveDeleted ? { leaveDeleted } : {}),
    })
  }

  return (
    <form className="flex flex-col gap-4" onSubmit={(event) => event.preventDefault()}>
      <fieldset>
        <legend className="txt-small-plus mb-2">{t("backfill.kinds")}</legend>
        <div className="flex flex-wrap gap-x-6 gap-y-2">
          {kinds.map((name) => (
            <div key={name} className="flex items-center gap-2">
              <Checkbox
                id={`${id}-${name}`}
                checked={!left.has(name)}
                onCheckedChange={(checked) => {
                  const next = new Set(left)
                  if (checked) next.delete(name)
                  else next.add(name)
                  change(next, speed, leavesDeleted)
                }}
              />
              <Label htmlFor={`${id}-${name}`} size="small">
                {kindName(name, 2)}
              </Label>
            </div>
          ))}
        </div>
      </fieldset>
      <div className="max-w-md">
        <Label htmlFor={`${id}-speed`} size="small" weight="plus">
          {t("backfill.speed")}
        </Label>
        <Input
          id={`${id}-speed`}
          size="small"
          inputMode="numeric"
          className="mt-1 max-w-40"
          value={speed}
          aria-invalid={!isSpeed}
          aria-describedby={isSpeed ? undefined : `${id}-wrong`}
          onChange={({ target }) => change(left, target.value.trim(), leavesDeleted)}
        />
        {!isSpeed && (
          <p id={`${id}-wrong`} role="alert" className="txt-small text-ui-fg-error mt-1">
            {t("backfill.badSpeed")}
          </p>
        )}
      </div>
      <div>
        <div className="flex items-center gap-2">
          <Checkbox
            id={`${id}-deleted`}
            checked={leavesDeleted}
            aria-describedby={`${id}-deleted-hint`}
            onCheckedChange={(checked) => change(left, speed, checked === true)}
          />
          <Label htmlFor={`${id}-deleted`} size="small">
            {t("backfill.leaveDeleted")}
          </Label>
        </div>
        <p id={`${id}-deleted-hint`} className="txt-small text-ui-fg-subtle mt-1">
          {t("backfill.leaveDeletedHint")}
        </p>
      </div>
      <div className="flex flex-wrap gap-2">{children(isSpeed && left.size < kinds.length)}</div>
    </form>
  )
}
