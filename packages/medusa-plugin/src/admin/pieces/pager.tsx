import { Table } from "@medusajs/ui"
import { PAGE_SIZE } from "../queries/use-page"
import { useWords } from "../words/use-words"

interface PagerProps {
  count: number
  index: number
  toPage: (index: number) => void
}

export function Pager({ count, index, toPage }: PagerProps) {
  const { t } = useWords()
  const pages = Math.ceil(count / PAGE_SIZE)
  if (count <= PAGE_SIZE && index === 0) return null
  return (
    <Table.Pagination
      count={count}
      pageSize={PAGE_SIZE}
      pageIndex={index}
      pageCount={pages}
      canPreviousPage={index > 0}
      canNextPage={index < pages - 1}
      previousPage={() => toPage(index - 1)}
      nextPage={() => toPage(index + 1)}
      translations={{
        of: t("common.of"),
        results: t("common.results"),
        pages: t("common.pages"),
        prev: t("common.prev"),
        next: t("common.next"),
      }}
    />
  )
}
