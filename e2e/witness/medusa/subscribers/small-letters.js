// Somebody else's automation: the title of a product whose material says so is kept in small letters.
exports.default = async function lowerTitles({ event, container }) {
  const products = container.resolve("product")
  const product = await products.retrieveProduct(event.data.id).catch(() => null)
  if (product?.material !== "e2e-small-letters" || product.title === product.title.toLowerCase()) return
  await products.updateProducts(product.id, { title: product.title.toLowerCase() })
}
exports.config = { event: "product.updated", context: { subscriberId: "e2e-small-letters" } }
Object.defineProperty(exports, "__esModule", { value: true })
