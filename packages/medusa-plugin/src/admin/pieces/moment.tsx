import { useWords } from "../words/use-words"

/** A moment in words; its exact time is the tooltip. */
export function Moment({ at }: { at: string }) {
  const { when, exactly } = useWords()
  return (
    <time dateTime={at} title={exactly(at)} className="whitespace-nowrap">
      {when(at)}
    </time>
  )
}
