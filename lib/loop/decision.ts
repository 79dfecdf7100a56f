/**
 * What `next` is asked with and what it answers.
 *
 * The input is everything that was observed, taken once; the answer follows from it alone, so a
 * recorded decision can be made again from what it saw.
 */
import type { Policy, Preference } from '../config/schema.ts'
import type { IssueFacts } from '../facts/issue.ts'
import type { LocalFacts } from '../facts/local.ts'
import type { PullRequestFacts } from '../facts/pull-request.ts'
import type { Outcome } from '../outcome.ts'
import type { Holder } from '../ownership/service.ts'
import type { Work } from '../sessions/work.ts'
import type { NumberedTarget } from '../target.ts'
import type { EndsWhen, WaitingReason } from './machines/waiting.ts'
import type { PromptInput } from './prompt-input.ts'

export interface DecisionInput {
  readonly target: NumberedTarget
  /** The run that asks; `null` when it has no id and therefore can hold nothing. */
  readonly you: string | null
  /** Whether agents and commands may touch a pull request that comes from another repository. */
  readonly allowFork: boolean
  readonly facts: PullRequestFacts | IssueFacts
  /** Who holds what belongs to this target; `issue` is the one that the pull request closes. */
  readonly holdings: {
    readonly target: Holder | null
    readonly branch: Holder | null
    readonly issue: { readonly number: number; readonly holder: Holder | null } | null
  }
  /** `you` held the target before and another run does now. */
  readonly displaced: boolean
  readonly work: Work
  /** What git says of this run's worktree; `null` when there is none here. */
  readonly local: LocalFacts | null
  /** The base branch's policy; a refusal when it could not be read, and then nothing passes. */
  readonly policy: Outcome<Policy>
  /** Digest of that policy as verdicts name it; `null` with a policy that could not be read. */
  readonly policyDigest: string | null
  readonly preference: Pick<Preference, 'wait'>
  /** Wall clock, read once by the caller; compared with instants of GitHub and of `work.wait` only. */
  readonly nowMs: number
}

const DECISION_ACTORS = ['command', 'agent', 'wait', 'human', 'done', 'stop'] as const
export type DecisionActor = (typeof DECISION_ACTORS)[number]

export interface DecisionTarget extends NumberedTarget {
  readonly kind: 'issue' | 'pull_request'
}

/** What people want to see of the facts; programs that need more read the facts themselves. */
export interface FactsDigest {
  readonly observedAt: string
  readonly head: string | null
  readonly draft: boolean | null
  readonly ci: string | null
  readonly failing: readonly string[]
  readonly boundary: string | null
  readonly reviewRounds: number | null
  readonly unresolvedThreads: number | null
  readonly draftGate: string | null
  readonly preApprovalGate: string | null
  readonly mergeability: string | null
  readonly local: string | null
  readonly pullRequest: number | null
}

/** No wait is without an end: `untilMs` is one even when nothing happens. */
export interface DecidedWait {
  /** The event that ends it. */
  readonly endsWhen: EndsWhen
  /** Wall clock, in milliseconds. */
  readonly untilMs: number
  readonly pollMs: number
  /** What is decided at the end if nothing else has changed. */
  readonly afterwards: Pick<Decision, 'state' | 'step' | 'actor'>
}

/** After a wait for GitHub itself: it answers again, in full, and only then can anything be decided. */
export const ASK_AGAIN = { state: 'github_answers', step: 'ask_again', actor: 'command' } as const

export interface Decision {
  readonly target: DecisionTarget
  readonly state: string
  /** What is to be done; `null` when there is nothing to do. */
  readonly step: string | null
  readonly actor: DecisionActor
  /** Argument array; its values are only numbers, checked slugs, run ids and commits. */
  readonly command?: readonly string[]
  /** With actor `agent`: everything its prompt is built from. */
  readonly prompt?: PromptInput
  readonly ownership: {
    readonly holder: string | null
    readonly you: string | null
    readonly token: number | null
    readonly endsInMs: number | null
  }
  /** Ids of the rules that fired, outermost first. */
  readonly because: readonly string[]
  /** What was not known, or not given, and would have been needed. */
  readonly missing: readonly string[]
  /** Evidence against what was tried, such as `no_commit` or `budget_spent: fix_checks 3 of 3`. */
  readonly evidence: readonly string[]
  readonly facts: FactsDigest
  /** Why it does not go on by itself right now, as a code; `ready` when it does. */
  readonly waitingFor: WaitingReason
  /** With actor `wait`. */
  readonly wait?: DecidedWait
}
