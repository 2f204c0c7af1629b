import type { Names } from "../schema/looks/look"
import type { Fault } from "./typed-values"

const SHORT = 60
const quoted = (value: string, [open, close]: readonly [string, string]): string =>
  `${open}${value.length > SHORT ? `${value.slice(0, SHORT)}…` : value}${close}`

/** As it would have to be written, where that can be told. */
const withPoint = (amount: string): string => (/^\d+,\d+$/.test(amount) ? amount.replace(",", ".") : "14.50")

function inEnglish(fault: Fault): string {
  const shown = "value" in fault ? quoted(fault.value, ["“", "”"]) : ""
  switch (fault.code) {
    case "empty":
      return "This cannot be empty. Type a text."
    case "no_price":
      return "Each price needs an amount and a currency. Fill in both."
    case "no_amount":
      return `${shown} is no amount. Write it with a point: ${withPoint(fault.value)}.`
    case "no_currency":
      return `${shown} is no currency. Use its three letters, such as eur.`
    case "currency_twice":
      return `${shown} is there twice. Give each currency one price.`
    case "no_address":
      return `${shown} is no address of a picture. Begin it with https://.`
    default:
      return fault satisfies never
  }
}

function inGerman(fault: Fault): string {
  const shown = "value" in fault ? quoted(fault.value, ["„", "“"]) : ""
  switch (fault.code) {
    case "empty":
      return "Das darf nicht leer sein. Geben Sie einen Text ein."
    case "no_price":
      return "Jeder Preis braucht einen Betrag und eine Währung. Füllen Sie beides aus."
    case "no_amount":
      return `${shown} ist kein Betrag. Schreiben Sie ihn mit Punkt: ${withPoint(fault.value)}.`
    case "no_currency":
      return `${shown} ist keine Währung. Nehmen Sie ihre drei Buchstaben, zum Beispiel eur.`
    case "currency_twice":
      return `${shown} steht zweimal da. Geben Sie jeder Währung einen Preis.`
    case "no_address":
      return `${shown} ist keine Adresse eines Bildes. Beginnen Sie sie mit https://.`
    default:
      return fault satisfies never
  }
}

/** @param names - the field's, as the Studio shows it. */
export const faultText = (fault: Fault, [en, de]: Names, language: string): string =>
  language.startsWith("de") ? `${de}: ${inGerman(fault)}` : `${en}: ${inEnglish(fault)}`
