import { Module } from "@medusajs/framework/utils"
import DirectusContentModuleService from "./service"

/** The module's name in Medusa's container; the links of this plugin lead to it. */
export const DIRECTUS_CONTENT = "directus_content"

export default Module(DIRECTUS_CONTENT, { service: DirectusContentModuleService })
