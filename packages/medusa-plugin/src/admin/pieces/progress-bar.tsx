/** How much of something is done. @param label - what, for those who do not see it */
export function ProgressBar({ done, total, label }: { done: number; total: number; label: string }) {
  const share = total === 0 ? 1 : Math.min(1, done / total)
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={total}
      aria-valuenow={Math.min(done, total)}
      aria-valuetext={label}
      className="bg-ui-bg-component-pressed h-2 w-full overflow-hidden rounded-full"
    >
      <div
        className="bg-ui-bg-interactive h-full rounded-full transition-all"
        style={{ width: `${(share * 100).toFixed(1)}%` }}
      />
    </div>
  )
}
