import { toast } from "@medusajs/ui"
import { useMutation, useQueryClient } from "@tanstack/react-query"
import { useWords } from "../words/use-words"

/**
 * Something that a person does here. What it changes may be shown anywhere, the host's own pages included, so all that is on
 * the screen is read again.
 *
 * @param done - what to tell when it worked
 */
export function useAct<Input = void, Answer = unknown>(
  run: (input: Input) => Promise<Answer>,
  done?: (answer: Answer, input: Input) => string | undefined,
) {
  const { t } = useWords()
  const client = useQueryClient()
  return useMutation<Answer, Error, Input>({
    mutationFn: run,
    onSuccess: (answer, input) => {
      const text = done?.(answer, input)
      if (text) toast.success(text)
    },
    onError: ({ message }) => toast.error(t("common.notDone"), { description: message }),
    onSettled: () => client.invalidateQueries(),
  })
}
