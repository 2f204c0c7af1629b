import { recordDe } from "./record-de"
import { settingsDe } from "./settings-de"

export const de = { ...recordDe, ...settingsDe }
