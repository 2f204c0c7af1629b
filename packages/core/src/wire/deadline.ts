/**
 * Gives work so many milliseconds. Then, or when `stopped` is aborted, its signal aborts and nobody waits for it any more.
 *
 * `AbortSignal.any` would leave a record of each call with `stopped` for as long as that lives (Node 22.23:
 * `sourceSignalsCleanupRegistry`).
 *
 * @throws DOMException `TimeoutError` when the time is over; the reason of `stopped` when that is aborted
 */
export async function withDeadline<T>(
  milliseconds: number,
  stopped: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController()
  const { signal } = controller
  const over = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason as Error))
  })
  const stop = (): void => controller.abort(stopped.reason)
  const timer = setTimeout(() => controller.abort(new DOMException("It took too long.", "TimeoutError")), milliseconds)
  timer.unref()
  stopped.addEventListener("abort", stop)
  if (stopped.aborted) stop()
  try {
    return await Promise.race([work(signal), over])
  } finally {
    clearTimeout(timer)
    stopped.removeEventListener("abort", stop)
  }
}
