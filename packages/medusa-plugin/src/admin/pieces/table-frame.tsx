import { Table } from "@medusajs/ui"
import type { ReactNode } from "react"

interface TableFrameProps {
  label: string
  columns: string[]
  children: ReactNode
}

/** A table that scrolls by itself where the page is narrow, with the keyboard too. */
export function TableFrame({ label, columns, children }: TableFrameProps) {
  return (
    <div className="overflow-x-auto" role="group" aria-label={label} tabIndex={0}>
      <Table>
        <Table.Header>
          <Table.Row>
            {columns.map((column) => (
              <Table.HeaderCell key={column} scope="col">
                {column}
              </Table.HeaderCell>
            ))}
          </Table.Row>
        </Table.Header>
        <Table.Body>{children}</Table.Body>
      </Table>
    </div>
  )
}
