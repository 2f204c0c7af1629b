/** Takes one of what is left. @returns 0, or the milliseconds until there is one again */
export type Allowance = (now: number) => number

/**
 * A bucket that holds `burst` and is filled by `perSecond`. A clock that is set back fills nothing and empties nothing.
 */
export function makeAllowance({ burst, perSecond }: { burst: number; perSecond: number }): Allowance {
  let left = burst
  let last = 0
  return (now) => {
    left = Math.min(burst, left + (Math.max(0, now - last) * perSecond) / 1000)
    last = now
    if (left < 1) return Math.ceil(((1 - left) * 1000) / perSecond)
    left -= 1
    return 0
  }
}
