import { Link } from "react-router-dom"
import { useWords } from "../words/use-words"

/** Where Medusa Admin shows records of a kind by their id alone. */
const PAGES: Record<string, string> = { product: "/products/", category: "/categories/", collection: "/collections/" }

interface RecordLinkProps {
  entity: string
  id: string
  title: string | null
  parentTitle?: string | null
}

/** A record by its name, or by its id when it has none any more; a link where it has a page. */
export function RecordLink({ entity, id, title, parentTitle }: RecordLinkProps) {
  const { kind } = useWords()
  const name = [parentTitle, title].filter(Boolean).join(" · ") || id
  const page = PAGES[entity]
  return (
    <span className="flex min-w-0 flex-col">
      {page ? (
        <Link
          to={`${page}${id}`}
          className="text-ui-fg-base hover:text-ui-fg-subtle underline underline-offset-2 truncate font-medium"
        >
          {name}
        </Link>
      ) : (
        <span className="truncate font-medium">{name}</span>
      )}
      <span className="text-ui-fg-subtle txt-small truncate">{kind(entity)}</span>
    </span>
  )
}
