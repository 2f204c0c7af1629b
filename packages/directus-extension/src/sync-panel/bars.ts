import type { HourOfWork } from "../sync-endpoint/throughput"

interface Piece {
  y: number
  height: number
}

/** One hour in a picture of 100 × 40: what went out stands on what came in. */
export interface Bar {
  x: number
  width: number
  out: Piece
  in: Piece
}

const [WIDTH, HEIGHT] = [100, 40]
/** Of an hour's room; the rest is the gap. */
const FILLED = 0.8

/** @param hours - the oldest first. */
export function barsOf(hours: readonly HourOfWork[]): Bar[] {
  const most = Math.max(1, ...hours.map((hour) => hour.in + hour.out))
  const room = WIDTH / Math.max(1, hours.length)
  return hours.map((hour, i) => {
    const [incoming, outgoing] = [(hour.in / most) * HEIGHT, (hour.out / most) * HEIGHT]
    return {
      x: i * room,
      width: room * FILLED,
      in: { y: HEIGHT - incoming, height: incoming },
      out: { y: HEIGHT - incoming - outgoing, height: outgoing },
    }
  })
}
