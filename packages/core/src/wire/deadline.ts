/**
 * Runs work whose signal aborts after so many milliseconds, with a `TimeoutError`, or when `stopped` does.
 *
 * `AbortSignal.any` would do the same, and a record of each call would stay with `stopped` for as long as that lives (Node
 * 22.23: `sourceSignalsCleanupRegistry`).
 */
export async function withDeadline<T>(
  milliseconds: number,
  stopped: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController()
  const stop = (): void => controller.abort(stopped.reason)
  const timer = setTimeout(() => controller.abort(new DOMException("It took too long.", "TimeoutError")), milliseconds)
  timer.unref()
  stopped.addEventListener("abort", stop)
  if (stopped.aborted) stop()
  try {
    return await work(controller.signal)
  } finally {
    clearTimeout(timer)
    stopped.removeEventListener("abort", stop)
  }
}
