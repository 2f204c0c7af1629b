const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
]

/** i18next's codes have no hyphen where Intl wants one: `ptBR`, `zhCN`. */
const localeOf = (language: string): string => language.replace(/^([a-z]{2})([A-Z]{2})$/, "$1-$2")

/** How long ago, or until when: "5 minutes ago", "in 2 hours". */
export function relative(at: string, language: string, now = Date.now()): string {
  const format = new Intl.RelativeTimeFormat(localeOf(language), { numeric: "auto" })
  const seconds = Math.round((Date.parse(at) - now) / 1000)
  for (const [unit, size] of STEPS)
    if (Math.abs(seconds) >= size) return format.format(Math.trunc(seconds / size), unit)
  return format.format(seconds === 0 ? -0 : seconds, "second")
}

export const absolute = (at: string, language: string): string =>
  new Intl.DateTimeFormat(localeOf(language), { dateStyle: "medium", timeStyle: "medium" }).format(new Date(at))

/** A length of time in its two largest units: "2 h 5 min". */
export function duration(seconds: number, language: string): string {
  const unit = (value: number, name: string): string =>
    new Intl.NumberFormat(localeOf(language), { style: "unit", unit: name, unitDisplay: "short" }).format(value)
  if (seconds < 60) return unit(seconds, "second")
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.round((seconds % 3600) / 60)]
  if (hours === 0) return unit(minutes, "minute")
  return `${unit(hours, "hour")} ${unit(minutes, "minute")}`
}

export const number = (value: number, language: string): string =>
  new Intl.NumberFormat(localeOf(language)).format(value)
