import { Button, StatusBadge, Text } from "@medusajs/ui"
import type { ReactNode } from "react"
import type { Overview } from "../../operate/overview"
import { Row, Section } from "../pieces/section"
import { useAct } from "../queries/use-act"
import { send } from "../sdk"
import { directionsOf, type DirectionState } from "../words/directions-of"
import { useWords } from "../words/use-words"
import { useSure } from "./use-sure"

/** Each direction with its pause. What Medusa takes cannot be held alone from here: Directus does that. */
export function Directions({ overview }: { overview: Overview }) {
  const { status, health } = overview
  const { sending, taking } = directionsOf(overview, Date.now())
  const { t, when, states } = useWords()
  const sure = useSure()
  const pause = useAct(
    (both: boolean) => send("pause", { both }),
    () => t("overview.pausedDone"),
  )
  const resume = useAct(
    () => send("resume"),
    () => t("overview.resumedDone"),
  )
  const { paused, state } = status
  const byPerson = paused?.code === "by_person"
  const isBoth = byPerson && paused.both === true
  const isStuck = paused?.code === "database_moved"
  const isBusy = pause.isPending || resume.isPending
  const there = health.details?.peer?.pause ?? null
  const here = state === "paused" ? paused : null
  const keeps = here ? states.pause(here, "here") : there?.both ? states.pause(there, "there") : null
  const received = health.details?.lastSuccessAt.received ?? null

  async function pauseNow(both: boolean): Promise<void> {
    const [title, text, label] = both
      ? ["overview.pauseBothTitle", "overview.pauseBothText", "overview.pauseBoth"]
      : ["overview.pauseTitle", "overview.pauseText", "overview.pauseSending"]
    if (await sure(t(title), t(text), t(label))) pause.mutate(both)
  }

  const button = (label: string, act: () => unknown): ReactNode => (
    <Button size="small" variant="secondary" disabled={isBusy} onClick={() => void act()}>
      {t(label)}
    </Button>
  )
  const isOff = state === "off"
  return (
    <Section title={t("overview.directions")} text={t("overview.onlyTaking")}>
      <Direction
        name={t("overview.sending")}
        state={sending}
        text={keeps ?? t("overview.lastSent", { when: when(status.lastSuccessAt) })}
      >
        {!isOff &&
          !isStuck &&
          (byPerson
            ? button("overview.resume", () => resume.mutate())
            : button("overview.pauseSending", () => pauseNow(false)))}
      </Direction>
      <Direction
        name={t("overview.taking")}
        state={taking}
        text={there ? states.pause(there, "there") : t("overview.lastTaken", { when: when(received) })}
      >
        {!isOff &&
          !isStuck &&
          (isBoth
            ? button("overview.takeAgain", () => pause.mutate(false))
            : button("overview.pauseBoth", () => pauseNow(true)))}
      </Direction>
    </Section>
  )
}

interface DirectionProps {
  name: string
  state: DirectionState
  text: string
  children: ReactNode
}

const COLOURS = { running: "green", paused: "orange", unanswered: "orange", off: "grey" } as const

function Direction({ name, state, text, children }: DirectionProps) {
  const { t } = useWords()
  return (
    <Row>
      <div className="flex flex-wrap items-center justify-between gap-3" role="group" aria-label={name}>
        <div>
          <div className="flex items-center gap-3">
            <Text size="small" weight="plus">
              {name}
            </Text>
            <StatusBadge color={COLOURS[state]}>{t(`overview.${state}`)}</StatusBadge>
          </div>
          <Text size="small" className="text-ui-fg-subtle">
            {text}
          </Text>
        </div>
        {children}
      </div>
    </Row>
  )
}
