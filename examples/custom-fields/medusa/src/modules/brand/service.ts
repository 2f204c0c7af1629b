import { MedusaService } from "@medusajs/framework/utils"
import { Brand } from "./models/brand"

/** Medusa generates createBrands, updateBrands, softDeleteBrands and restoreBrands: the sync writes by these. */
export class BrandModuleService extends MedusaService({ Brand }) {}
