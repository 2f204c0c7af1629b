import type { AuthenticatedMedusaRequest, MedusaResponse } from "@medusajs/framework/http"
import { BRAND_MODULE } from "../../../modules/brand"
import type { BrandModuleService } from "../../../modules/brand/service"

type NewBrand = { name: string; story?: string; founded?: number }

const brandsOf = (req: AuthenticatedMedusaRequest<NewBrand>) => req.scope.resolve<BrandModuleService>(BRAND_MODULE)

/** Nothing here knows of the sync: it sees the row. */
export async function POST(req: AuthenticatedMedusaRequest<NewBrand>, res: MedusaResponse): Promise<void> {
  const { name, story, founded } = req.body
  res.json({ brand: await brandsOf(req).createBrands({ name, story, founded }) })
}

export async function GET(req: AuthenticatedMedusaRequest<NewBrand>, res: MedusaResponse): Promise<void> {
  res.json({ brands: await brandsOf(req).listBrands() })
}
