import type { Link } from "@medusajs/framework/modules-sdk"
import type {
  IEventBusModuleService,
  IFulfillmentModuleService,
  IInventoryService,
  IPricingModuleService,
  IProductModuleService,
  ISalesChannelModuleService,
  IStoreModuleService,
  ITranslationModuleService,
  MedusaContainer,
} from "@medusajs/framework/types"
import { ContainerRegistrationKeys, Modules } from "@medusajs/framework/utils"
import { SyncError } from "medusa-directus-core/host"

/** Medusa's modules that the adapters write through. A module's own container holds none of them. */
export interface HostModules {
  readonly product: IProductModuleService
  readonly pricing: IPricingModuleService
  readonly inventory: IInventoryService
  readonly fulfillment: IFulfillmentModuleService
  readonly salesChannel: ISalesChannelModuleService
  readonly store: IStoreModuleService
  readonly translation: ITranslationModuleService
  readonly eventBus: IEventBusModuleService
  readonly link: Link
  /**
   * The service of a shop's own module, by its key in medusa-config.
   *
   * @throws SyncError `invalid_mapping` when there is no such module.
   */
  own(module: string): object
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
    get inventory() {
      return container.resolve<IInventoryService>(Modules.INVENTORY)
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
    get translation() {
      return container.resolve<ITranslationModuleService>(Modules.TRANSLATION)
    },
    get eventBus() {
      return container.resolve<IEventBusModuleService>(Modules.EVENT_BUS)
    },
    get link() {
      return container.resolve<Link>(ContainerRegistrationKeys.LINK)
    },
    own(module) {
      const service = container.resolve<object | undefined>(module, { allowUnregistered: true })
      if (service) return service
      throw new SyncError("invalid_mapping", `Medusa has no module "${module}". Check it under mapping.kinds.`)
    },
  }
}
