import { recordEn } from "./record-en"
import { settingsEn } from "./settings-en"

export const en = { ...recordEn, ...settingsEn }
