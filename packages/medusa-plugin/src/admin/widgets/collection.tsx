import { defineWidgetConfig } from "@medusajs/admin-sdk"
import type { AdminCollection, DetailWidgetProps } from "@medusajs/framework/types"
import { RecordWidget } from "../record/record-widget"

const CollectionWidget = ({ data }: DetailWidgetProps<AdminCollection>) => (
  <RecordWidget entity="collection" id={data.id} version={data.updated_at} />
)

export const config = defineWidgetConfig({ zone: "product_collection.details.after" })

export default CollectionWidget
