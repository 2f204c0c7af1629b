const imageHost = "https://medusa-public-images.s3.eu-west-1.amazonaws.com"
const sizes = ["S", "M", "L", "XL"]

/** The tree of categories: each with those below it. */
export const categoryTree = { Clothing: ["Shirts", "Sweatshirts", "Pants"], Merch: [] } as const

export const collectionTitle = "Everyday basics"

type Tree = typeof categoryTree
type CategoryName = keyof Tree | Tree[keyof Tree][number]

export type DemoProduct = {
  title: string
  handle: string
  description: string
  category: CategoryName
  tags: string[]
  skuPrefix: string
  images: string[]
  options: { title: string; values: string[] }[]
}

export const demoProducts: DemoProduct[] = [
  {
    title: "Medusa T-Shirt",
    handle: "t-shirt",
    description:
      "Reimagine the feeling of a classic T-shirt. With our cotton T-shirts, everyday essentials no longer have to be ordinary.",
    category: "Shirts",
    tags: ["cotton", "unisex"],
    skuPrefix: "SHIRT",
    images: ["tee-black-front", "tee-black-back", "tee-white-front", "tee-white-back"].map(imageUrl),
    options: [
      { title: "Size", values: sizes },
      { title: "Color", values: ["Black", "White"] },
    ],
  },
  {
    title: "Medusa Sweatshirt",
    handle: "sweatshirt",
    description:
      "Reimagine the feeling of a classic sweatshirt. With our cotton sweatshirt, everyday essentials no longer have to be ordinary.",
    category: "Sweatshirts",
    tags: ["cotton", "warm"],
    skuPrefix: "SWEATSHIRT",
    images: ["sweatshirt-vintage-front", "sweatshirt-vintage-back"].map(imageUrl),
    options: [{ title: "Size", values: sizes }],
  },
  {
    title: "Medusa Sweatpants",
    handle: "sweatpants",
    description:
      "Reimagine the feeling of classic sweatpants. With our cotton sweatpants, everyday essentials no longer have to be ordinary.",
    category: "Pants",
    tags: ["cotton", "warm"],
    skuPrefix: "SWEATPANTS",
    images: ["sweatpants-gray-front", "sweatpants-gray-back"].map(imageUrl),
    options: [{ title: "Size", values: sizes }],
  },
  {
    title: "Medusa Shorts",
    handle: "shorts",
    description:
      "Reimagine the feeling of classic shorts. With our cotton shorts, everyday essentials no longer have to be ordinary.",
    category: "Merch",
    tags: ["cotton", "unisex"],
    skuPrefix: "SHORTS",
    images: ["shorts-vintage-front", "shorts-vintage-back"].map(imageUrl),
    options: [{ title: "Size", values: sizes }],
  },
]

/** Every combination of option values: one variant each. */
export function variantsOf(product: DemoProduct): { title: string; sku: string; options: Record<string, string> }[] {
  const combinations = product.options.reduce<Record<string, string>[]>(
    (known, { title, values }) => known.flatMap((options) => values.map((value) => ({ ...options, [title]: value }))),
    [{}],
  )
  return combinations.map((options) => {
    const values = Object.values(options)
    return {
      title: values.join(" / "),
      sku: [product.skuPrefix, ...values].join("-").toUpperCase(),
      options,
    }
  })
}

function imageUrl(name: string): string {
  return `${imageHost}/${name}.png`
}
