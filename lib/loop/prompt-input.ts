/**
 * What an agent is asked to do, as data: the prompt is built from this and from nothing else.
 *
 * Everything that is text written by others (titles, bodies, remarks, check output) stands in a field
 * of its own, so that the prompt builder can fence it as data.
 */
import type { VerdictRecord } from '../sessions/work.ts'
import type { DecisionTarget } from './decision.ts'

export const AGENT_STEPS = [
  'implement',
  'commit_work',
  'fix_checks',
  'fix_gate',
  'address_review_feedback',
  'resolve_merge_conflicts',
] as const
export type AgentStep = (typeof AGENT_STEPS)[number]

export interface FailedCheck {
  readonly name: string
  readonly summary: string | null
  readonly url: string | null
}

export interface OpenThread {
  readonly id: string
  readonly path: string | null
  readonly line: number | null
  readonly comments: readonly { readonly author: string | null; readonly body: string }[]
}

interface PromptBase {
  readonly target: DecisionTarget
  /** Branch that is worked on, and the one that it will be merged into; `null` when not known. */
  readonly branch: string | null
  readonly base: string | null
  readonly head: string | null
  /** What the last agent left undone, such as `no_commit` or `uncommitted_work`. */
  readonly evidence: readonly string[]
  /** Which try this is, counted from 1, and how many there are. */
  readonly attempt: number
  readonly attempts: number
}

export type PromptInput = PromptBase &
  (
    | { readonly step: 'implement'; readonly issue: { number: number; title: string; body: string; url: string } }
    | { readonly step: 'commit_work' }
    | { readonly step: 'fix_checks'; readonly failures: readonly FailedCheck[] }
    | {
        readonly step: 'fix_gate'
        readonly gate: VerdictRecord['gate']
        readonly findings: VerdictRecord['findings']
      }
    | {
        readonly step: 'address_review_feedback'
        readonly threads: readonly OpenThread[]
        /** Reviews of this head that ask for changes in their own text. */
        readonly reviews: readonly { readonly author: string | null; readonly body: string }[]
      }
    | { readonly step: 'resolve_merge_conflicts'; readonly conflicted: readonly string[] }
  )
