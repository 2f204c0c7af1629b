import { notFound } from "next/navigation"

/** Whatever has no page of its own: in the page's language, and made for each visitor, as its policy wants it. */
export default function Page(): never {
  notFound()
}
