import { Container, Heading, Text } from "@medusajs/ui"
import { useId, type ReactNode } from "react"

interface SectionProps {
  title: string
  /** One or two sentences on what it is for. */
  text?: string
  /** Beside the title. */
  actions?: ReactNode
  level?: "h1" | "h2"
  children?: ReactNode
}

/** A card with a heading, as the dashboard's own. */
export function Section({ title, text, actions, level = "h2", children }: SectionProps) {
  const id = useId()
  return (
    <Container className="divide-y p-0" role="region" aria-labelledby={id} data-directus="">
      <div className="flex flex-wrap items-start justify-between gap-3 px-6 py-4">
        <div className="min-w-0 max-w-2xl">
          <Heading level={level} id={id}>
            {title}
          </Heading>
          {text && (
            <Text size="small" className="text-ui-fg-subtle mt-1">
              {text}
            </Text>
          )}
        </div>
        {actions && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
      </div>
      {children}
    </Container>
  )
}

export const Row = ({ children }: { children: ReactNode }) => <div className="px-6 py-4">{children}</div>
