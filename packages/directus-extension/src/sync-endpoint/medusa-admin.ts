/** Where Medusa's Admin (2.21) shows a record; `null` = it has no page of its own. */
export function medusaAdminPage(
  adminUrl: string,
  kind: string,
  medusaId: string,
  wholeId: string | null,
): string | null {
  const page = PAGES[kind]?.(encodeURIComponent(medusaId), wholeId === null ? null : encodeURIComponent(wholeId))
  return page ? `${adminUrl}/${page}` : null
}

const PAGES: Record<string, (id: string, whole: string | null) => string | null> = {
  product: (id) => `products/${id}`,
  variant: (id, whole) => whole && `products/${whole}/variants/${id}`,
  image: (_id, whole) => whole && `products/${whole}`,
  category: (id) => `categories/${id}`,
  collection: (id) => `collections/${id}`,
  type: (id) => `settings/product-types/${id}`,
  tag: (id) => `settings/product-tags/${id}`,
}
