import { defineWidgetConfig } from "@medusajs/admin-sdk"
import type { AdminProduct, DetailWidgetProps } from "@medusajs/framework/types"
import { RecordWidget } from "../record/record-widget"

const ProductWidget = ({ data }: DetailWidgetProps<AdminProduct>) => (
  <RecordWidget entity="product" id={data.id} version={data.updated_at} />
)

export const config = defineWidgetConfig({ zone: "product.details.side.before" })

export default ProductWidget
