import type { KindTools } from "../record-kind"
import { checkReservations, DELETED_TOGETHER, IN_USE, removeBelongings, restoreTogether } from "../removed-together"
import { variantBelongings } from "./variant-belongings"

const VARIANTS = "select id from p"

/** As deleteProductVariantsWorkflow; its link cascade cannot join a transaction. */
export async function removeVariants(tools: KindTools, ids: string[]): Promise<void> {
  await checkReservations(tools, ids, VARIANTS)
  await tools.calls.run(tools.modules.product, (product, context) =>
    product.softDeleteProductVariants(ids, {}, context),
  )
  await removeBelongings(tools, ids, variantBelongings(VARIANTS, IN_USE))
}

export const restoreVariants = (tools: KindTools, ids: string[]): Promise<void> =>
  restoreTogether(tools, "product_variant", ids, variantBelongings(VARIANTS, DELETED_TOGETHER))
