import { defineWidgetConfig } from "@medusajs/admin-sdk"
import type { AdminProductCategory, DetailWidgetProps } from "@medusajs/framework/types"
import { RecordWidget } from "../record/record-widget"

const CategoryWidget = ({ data }: DetailWidgetProps<AdminProductCategory>) => (
  <RecordWidget entity="category" id={data.id} version={data.updated_at} />
)

export const config = defineWidgetConfig({ zone: "product_category.details.side.before" })

export default CategoryWidget
