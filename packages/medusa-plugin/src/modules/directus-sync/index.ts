import { Module } from "@medusajs/framework/utils"
import capture from "./loaders/capture"
import DirectusSyncModuleService from "./service"

/** The module's name in Medusa's container. */
export const DIRECTUS_SYNC = "directus_sync"

export default Module(DIRECTUS_SYNC, { service: DirectusSyncModuleService, loaders: [capture] })
