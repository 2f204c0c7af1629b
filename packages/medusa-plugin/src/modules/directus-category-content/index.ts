import { Module } from "@medusajs/framework/utils"
import { CONTENT_NAMES } from "../../content/content-names"
import { makeContentService } from "../../content/content-service"

export default Module(CONTENT_NAMES.category.module, { service: makeContentService("category") })
