import { wrongUse } from "../problem.ts"

/** A whole number from 1 to `most`. @throws Problem `wrong_use` */
export function readCount(flag: string, text: string, most: number): number {
  const count = Number(text)
  if (Number.isInteger(count) && count >= 1 && count <= most) return count
  throw wrongUse(
    `${flag} is no whole number from 1 to ${String(most)}.`,
    `For example ${flag} ${String(Math.min(100, most))}`,
  )
}
