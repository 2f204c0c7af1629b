/**
 * What a person sees of the sync and does about it, once for both hosts, their pages and the command line: pure data and words,
 * without anything of Node's.
 */
export { explainCheck } from "./explain-check.ts"
export { explainProblem, problemOf, type ProblemText, type Told } from "./explain-problem.ts"
export { splitReason } from "./split-reason.ts"
export { stateWords, TONES, type SeenState, type StatesInWords, type Tone } from "./explain-state.ts"
export { languageOf, type Language } from "./language.ts"
export {
  actionsOf,
  RESUME_BODIES,
  severityOf,
  type Action,
  type Alert,
  type Facts,
  type Problem,
  type ProblemCode,
  type Severity,
} from "./problem.ts"
export type { ShownState, WaitReason } from "./state-words.ts"
