import { defineWidgetConfig } from "@medusajs/admin-sdk"
import type { AdminProductVariant, DetailWidgetProps } from "@medusajs/framework/types"
import { RecordWidget } from "../record/record-widget"

const VariantWidget = ({ data }: DetailWidgetProps<AdminProductVariant>) => (
  <RecordWidget entity="variant" id={data.id} version={data.updated_at} />
)

export const config = defineWidgetConfig({ zone: "product_variant.details.side.before" })

export default VariantWidget
