/** The machine `tracker` in the predecessor's fields, asked with a tracker's word or with what was observed. */
import type { IssueFacts } from '../../facts/issue.ts'
import { type ToldSource, tellSource } from '../../facts/source.ts'
import type { DecisionInput } from '../decision.ts'
import { classify, type FactsOf } from '../machine.ts'
import { type TrackerState, tracker } from '../machines/tracker.ts'
import { readSurely } from '../read-surely.ts'

type TrackerFacts = FactsOf<typeof tracker>
type Said = TrackerFacts['said']

/** What is known of the pull request that carries the work. */
interface TrackerPullRequest {
  readonly number?: number | null | undefined
  readonly state?: string | null | undefined
  readonly isDraft?: boolean | null | undefined
}

/** Without a source when it was made of a tracker's word alone. */
export interface TrackerAnswer extends Partial<ToldSource> {
  readonly ok: true
  readonly state: TrackerState
  readonly snapshot: {
    readonly trackerState: Said
    readonly rawTrackerState: string | null
    /** `null`: none is known, but not all of them are. */
    readonly prLinked: boolean | null
    readonly prContext: TrackerPullRequest | null
  }
  readonly allowedTransitions: readonly TrackerState[]
  readonly nextAction: string
  readonly because: readonly string[]
}

const WORDS: Readonly<Record<string, Said>> = {
  draft: 'drafting',
  drafting: 'drafting',
  needs_triage: 'needs_triage',
  in_progress: 'in_progress',
  in_review: 'in_review',
  review: 'in_review',
  merge_ready: 'merge_ready',
  ready: 'merge_ready',
  blocked: 'blocked',
  closed: 'completed',
  completed: 'completed',
  done: 'completed',
  unknown: 'unknown',
}

/** Labels that other tools use for something else say nothing of how far the work is. */
const NO_LABELS = ['draft', 'review', 'ready', 'done', 'completed', 'closed', 'unknown']

interface TrackerQuestion {
  readonly trackerState?: string | null | undefined
  readonly prContext?: TrackerPullRequest | null | undefined
}

export function interpretTrackerLoopState({ trackerState, prContext }: TrackerQuestion): TrackerAnswer {
  const raw = trackerState ?? null
  return answer(wordOf(raw) ?? 'nothing', { raw, context: prContext ?? null, pullRequest: pullRequestOf(prContext) })
}

/** @param input decision input of the only open pull request; of the issue itself when there is none */
export function detectTrackerState(facts: IssueFacts, input: DecisionInput): TrackerAnswer {
  return { ...trackerStateOf(facts, input), ...tellSource(facts.source) }
}

function trackerStateOf({ issue, repository }: IssueFacts, input: DecisionInput): TrackerAnswer {
  if (issue === null) return answer('unknown', { raw: null, context: null, pullRequest: 'none' })
  const here = [...issue.pullRequests.items, ...issue.branchPullRequests.items].filter(
    ({ repo }) => repo.toLowerCase() === repository.repo.toLowerCase(),
  )
  const pull = here.find(({ state }) => state === 'OPEN') ?? here.find(({ state }) => state === 'MERGED') ?? null
  const open = new Set(here.filter(({ state }) => state === 'OPEN').map(({ number }) => number))
  const known = issue.pullRequests.complete && issue.branchPullRequests.complete && open.size <= 1
  const [said, raw] = issue.state === 'CLOSED' ? (['completed', 'CLOSED'] as const) : labelled(issue.labels)
  const context = pull && { number: pull.number, state: pull.state, isDraft: pull.isDraft }
  return answer(said, { raw, context, pullRequest: known ? atMerge(pullRequestOf(context), input) : null })
}

interface Shown {
  readonly raw: string | null
  readonly context: TrackerPullRequest | null
  readonly pullRequest: TrackerFacts['pullRequest']
}

function answer(said: Said, { raw, context, pullRequest }: Shown): TrackerAnswer {
  const { state, rule } = classify(tracker, { said, pullRequest })
  const { next, to } = tracker.states[state]
  return {
    ok: true,
    state,
    snapshot: {
      trackerState: said,
      rawTrackerState: raw,
      prLinked: context === null && pullRequest === null ? null : context !== null,
      prContext: context,
    },
    allowedTransitions: [...to],
    nextAction: next?.step ?? 'done',
    because: [rule],
  }
}

function wordOf(text: string | null): Said | undefined {
  const word = (text ?? '')
    .trim()
    .toLowerCase()
    .replace(/[\s-]+/g, '_')
  return Object.hasOwn(WORDS, word) ? WORDS[word] : undefined
}

/** An open issue says more by a label such as `blocked` or `status: in progress`; two that differ say nothing sure. */
function labelled({ items, complete }: NonNullable<IssueFacts['issue']>['labels']): readonly [Said, string] {
  const bare = items.map((label) => label.replace(/^(?:status|state)\s*[:/]\s*/i, ''))
  const found = bare.filter((label) => !NO_LABELS.includes(label.trim().toLowerCase()) && wordOf(label) !== undefined)
  const words = new Set(found.map((label) => wordOf(label) ?? 'nothing'))
  const [only] = words
  if (words.size > 1 || !complete) return ['unknown', found.join(', ') || 'OPEN']
  return only === undefined ? ['nothing', 'OPEN'] : [only, found[0] ?? 'OPEN']
}

function pullRequestOf(context: TrackerPullRequest | null | undefined): TrackerFacts['pullRequest'] {
  if (context == null) return 'none'
  if (context.state === 'MERGED') return 'merged'
  if (context.state === 'CLOSED') return 'none'
  if (context.state !== 'OPEN' || context.isDraft == null) return null
  return context.isDraft ? 'draft' : 'open'
}

const AT_MERGE: readonly string[] = ['declare_merge_ready', 'await_final_human_approval']

function atMerge(pullRequest: TrackerFacts['pullRequest'], input: DecisionInput): TrackerFacts['pullRequest'] {
  const gates = pullRequest === 'open' ? readSurely(input).pullRequest?.gates.state : undefined
  return gates !== undefined && AT_MERGE.includes(gates) ? 'merge_ready' : pullRequest
}
