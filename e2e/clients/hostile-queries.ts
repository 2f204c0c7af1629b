import { pick } from "../random.ts"

/** What a visitor may hope to come by: the relations that Medusa's modules and links have around a product. */
const RELATIONS = [
  ..."variants product products categories category collection tags type options values images translations".split(" "),
  ..."cart_items cart carts items item order orders order_items order_link orders_link customer customers".split(" "),
  ..."sales_channels sales_channels_link sales_channel stock_locations stock_location api_keys publishable_api_keys".split(
    " ",
  ),
  ..."inventory_items inventory location_levels inventory_levels reservations price_set prices price_rules".split(" "),
  ..."shipping_profile shipping_profiles shipping_options fulfillments fulfillment payment_collections".split(" "),
  ..."payment_collection payments promotions promotion region regions users user store addresses".split(" "),
  ..."shipping_address billing_address credit_lines parent_category category_children variants_link".split(" "),
  ..."product_sales_channel product_shipping_profile product_variant_price_set cart_link directus_sync_link".split(" "),
]
const LEAVES = [
  ..."id email first_name phone address_1 token redacted secret metadata title status amount raw_amount".split(" "),
  ..."stocked_quantity reserved_quantity supplied_cost created_by customer_id cart_id order_id deleted_at".split(" "),
]
const OURS = ["directus_product", "directus_category", "directus_collection"]
const OURS_BELOW = ["story", "product_id", "medusa_id", "id", "cover", "no_such_field", "*"]
const NATIVES = [
  ..."__proto__ constructor prototype toString hasOwnProperty valueOf __defineGetter__ __fields __args __value".split(
    " ",
  ),
]
const ODD = [
  "",
  " ",
  ".",
  "..",
  "*",
  "**",
  "-",
  "+",
  "\u0000",
  "\u202e",
  "ｖariants",
  "VARIANTS",
  "%2e",
  "0",
  "[]",
  "a b",
  "'",
]

/** A segment of a path: mostly what leads somewhere. */
function segment(random: () => number): string {
  const at = random()
  if (at < 0.5) return pick(RELATIONS, random)
  if (at < 0.72) return pick(OURS, random)
  if (at < 0.84) return pick(NATIVES, random)
  if (at < 0.95) return pick([...LEAVES, ...OURS_BELOW], random)
  return pick(ODD, random)
}

function path(random: () => number): string {
  const parts = Array.from({ length: 1 + Math.floor(random() * 5) }, () => segment(random))
  // Behind, before, or in the middle of whatever the rest is.
  if (random() < 0.6) parts.splice(Math.floor(random() * (parts.length + 1)), 0, pick(OURS, random))
  const spelt = parts.join(random() < 0.03 ? ".." : ".")
  const [before, after] = pick(
    [
      ["", ""],
      ["", ""],
      ["+", ""],
      ["-", ""],
      ["*", ""],
      ["", ".*"],
      ["*", ".*"],
      ["+*", ""],
      [" ", " "],
      ["\t*", ""],
    ],
    random,
  ) as [string, string]
  return `${before}${spelt}${after}`
}

/** The query of one request: what stands under `fields`, and sometimes an order or another spelling of the parameter. */
export function hostileFields(random: () => number): string {
  const list = Array.from({ length: 1 + Math.floor(random() * 4) }, () =>
    random() < 0.15
      ? pick(["id", "title", "*variants", "+metadata", "*categories", "*collection"], random)
      : path(random),
  )
  if (random() < 0.3) list.unshift("id")
  const value = encodeURIComponent(list.join(","))
  const order = random() < 0.05 ? `&order=${encodeURIComponent(path(random))}` : ""
  const name = random() < 0.95 ? "fields" : pick(["fields[]", "fields[0]", "fields[a]", "fields.id", "Fields"], random)
  return `${name}=${value}${order}`
}

const LONG = "x".repeat(4_000)
const VALUES = [
  ...ODD,
  ...NATIVES,
  ...[
    LONG,
    LONG.slice(0, 41),
    LONG.slice(0, 256),
    "de-DE\u0000",
    "de-DE,fr-FR",
    "xx-XX",
    "../../etc/passwd",
    "null",
    "undefined",
  ],
  ...[
    "-1",
    "1e309",
    "NaN",
    "99999999999999999999",
    "2147483648",
    "true",
    "{}",
    '{"$ne":null}',
    "' or 1=1 --",
    "<script>",
  ],
  ...["prod_1", "*directus_product", "directus_product.__proto__.*", "💥".repeat(20), "\ud800", "%", "%zz", "%00"],
]
const PARAMETERS = [
  ..."q id title handle is_giftcard collection_id category_id tag_id type_id sku barcode fields limit offset order".split(
    " ",
  ),
  ..."region_id country_code province cart_id sales_channel_id locale currency_code created_at updated_at".split(" "),
  ..."parent_category_id include_descendants_tree include_ancestors_tree name description rank with_deleted".split(" "),
  ..."directus_product directus_category directus_collection context filters published entity ids".split(" "),
]

/** One to three parameters, each with what nobody would type; half of the time a locale, which is free text. */
export function hostileQuery(random: () => number): { query: string; headers: Record<string, string> } {
  const one = (): string => {
    const name = pick(PARAMETERS, random) + pick(["", "", "", "[]", "[$ne]", "[__proto__]", ".x"], random)
    return `${encodeURIComponent(name)}=${spelt(pick(VALUES, random))}`
  }
  const locale =
    random() < 0.5 ? [`locale=${spelt(pick(VALUES, random) + (random() < 0.5 ? String(random()) : ""))}`] : []
  const query = [...locale, ...Array.from({ length: Math.floor(random() * 3) }, one), "fields=id,*directus_product"]
  const printable = pick(VALUES, random)
    .replace(/[^\x20-\x7e]/g, "")
    .slice(0, 1_000)
  return { query: query.join("&"), headers: random() < 0.3 ? { "x-medusa-locale": printable } : {} }
}

/** As a browser would write it, or as it stands: a half of a character, and a percent sign that begins nothing. */
function spelt(value: string): string {
  try {
    return value.startsWith("%") ? value : encodeURIComponent(value)
  } catch {
    return "%ED%A0%80"
  }
}
