import type { Link } from "@medusajs/framework/modules-sdk"
import type {
  IEventBusModuleService,
  IFulfillmentModuleService,
  IPricingModuleService,
  IProductModuleService,
  ISalesChannelModuleService,
  IStoreModuleService,
  MedusaContainer,
} from "@medusajs/framework/types"
import { ContainerRegistrationKeys, Modules } from "@medusajs/framework/utils"

/** Medusa's modules that the adapters write through. A module's own container holds none of them. */
export interface HostModules {
  readonly product: IProductModuleService
  readonly pricing: IPricingModuleService
  readonly fulfillment: IFulfillmentModuleService
  readonly salesChannel: ISalesChannelModuleService
  readonly store: IStoreModuleService
  readonly eventBus: IEventBusModuleService
  readonly link: Link
}

/** Each is resolved when it is used: modules are loaded in any order, and after this one. */
export function hostModules(container: Pick<MedusaContainer, "resolve">): HostModules {
  return {
    get product() {
      return container.resolve<IProductModuleService>(Modules.PRODUCT)
    },
    get pricing() {
      return container.resolve<IPricingModuleService>(Modules.PRICING)
    },
    get fulfillment() {
      return container.resolve<IFulfillmentModuleService>(Modules.FULFILLMENT)
    },
    get salesChannel() {
      return container.resolve<ISalesChannelModuleService>(Modules.SALES_CHANNEL)
    },
    get store() {
      return container.resolve<IStoreModuleService>(Modules.STORE)
    },
    get eventBus() {
      return container.resolve<IEventBusModuleService>(Modules.EVENT_BUS)
    },
    get link() {
      return container.resolve<Link>(ContainerRegistrationKeys.LINK)
    },
  }
}
