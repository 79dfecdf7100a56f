/** The machine `tracker-pull-request` in the predecessor's fields, asked with a snapshot or with what was observed. */
import { z } from 'zod'
import type { IssueFacts } from '../../facts/issue.ts'
import { type ToldSource, tellSource } from '../../facts/source.ts'
import type { DecisionInput } from '../decision.ts'
import { classify, type FactsOf } from '../machine.ts'
import {
  REVERSE_SYNC_ACTION,
  type TrackerPullRequestState,
  trackerPullRequest,
} from '../machines/tracker-pull-request.ts'
import { readSurely } from '../read-surely.ts'
import { parseSnapshot } from './snapshot-shape.ts'

/** Unlike elsewhere `prClosed` is GitHub's own flag: a merged pull request is closed, too. */
export interface TrackerPullRequestSnapshot {
  readonly trackerItemExists: boolean
  readonly trackerItemId: string | null
  readonly prExists: boolean
  readonly prNumber: number | null
  readonly prDraft: boolean
  readonly prMerged: boolean
  readonly prClosed: boolean
  readonly prHeadSha: string | null
  readonly draftGateCommentVisible: boolean
  readonly draftGateCommentVerdict: 'clean' | 'findings_present' | 'blocked' | null
  readonly draftGateCommentHeadSha: string | null
}

/** Without a source when it was made of a snapshot. */
export interface TrackerPullRequestAnswer extends Partial<ToldSource> {
  readonly ok: true
  readonly snapshot: TrackerPullRequestSnapshot
  readonly state: TrackerPullRequestState
  readonly allowedTransitions: readonly TrackerPullRequestState[]
  readonly nextAction: string
  readonly reverseSyncAction: (typeof REVERSE_SYNC_ACTION)[TrackerPullRequestState]
  readonly because: readonly string[]
}

type TrackerPullRequestFacts = FactsOf<typeof trackerPullRequest>

const YES = ['true', '1']
const NO = ['false', '0', '']

const Flag = z.preprocess((given) => {
  const word = String(given ?? false).trim()
  return YES.includes(word) ? true : NO.includes(word) ? false : given
}, z.boolean())

const Text = z
  .string()
  .nullish()
  .transform((text) => text?.trim() || null)

const Snapshot = z.object({
  trackerItemExists: Flag,
  trackerItemId: z
    .union([z.string(), z.number()])
    .nullish()
    .transform((id) => String(id ?? '').trim() || null),
  prExists: Flag,
  prNumber: z
    .number()
    .int()
    .positive()
    .nullish()
    .transform((number) => number ?? null),
  prDraft: Flag,
  prMerged: Flag,
  prClosed: Flag,
  prHeadSha: Text,
  draftGateCommentVisible: Flag,
  draftGateCommentVerdict: z.enum(['clean', 'findings_present', 'blocked']).nullish().catch(null),
  draftGateCommentHeadSha: Text,
})

/** @throws UsageError `invalid_value` */
export function normalizeTrackerPrSnapshot(raw: unknown): TrackerPullRequestSnapshot {
  const given = parseSnapshot(Snapshot, raw)
  return {
    ...given,
    trackerItemId: given.trackerItemExists ? given.trackerItemId : null,
    prHeadSha: given.prExists ? given.prHeadSha : null,
    draftGateCommentVerdict: given.draftGateCommentVerdict ?? null,
    draftGateCommentHeadSha: given.prExists ? given.draftGateCommentHeadSha : null,
  }
}

export function interpretTrackerPrState(snapshot: TrackerPullRequestSnapshot): TrackerPullRequestAnswer {
  const { draftGateCommentVisible, draftGateCommentVerdict, draftGateCommentHeadSha } = snapshot
  // Of this or an earlier commit; one of no commit is none.
  const isPassed = draftGateCommentVisible && draftGateCommentVerdict === 'clean' && draftGateCommentHeadSha !== null
  return answer(snapshot, {
    coherent: isCoherent(snapshot),
    item: snapshot.trackerItemExists,
    pullRequest: lifeOf(snapshot),
    draftGate: isPassed ? 'passed' : 'not_passed',
  })
}

/** A pull request is what was asked about; its item is the one issue that it closes. */
export function detectTrackerPullRequest(input: DecisionInput): TrackerPullRequestAnswer {
  const pr = input.facts.kind === 'pull_request' ? input.facts.pr : null
  const [item, ...others] = pr?.closingIssues.items ?? []
  const one = item !== undefined && others.length === 0 && pr?.closingIssues.complete === true
  const snapshot = snapshotOf(item?.number ?? null, pr && shownOf(pr.number, pr), input)
  const facts = { ...factsOf(snapshot, input), item: item !== undefined, coherent: pr === null || one }
  return { ...answer(snapshot, facts), ...tellSource(input.facts.source) }
}

/** An issue is what was asked about; its pull request the only open one, else one that is merged or closed. */
export function detectTrackerIssue(seen: IssueFacts, input: DecisionInput): TrackerPullRequestAnswer {
  const { issue, repository } = seen
  const all = [...(issue?.pullRequests.items ?? []), ...(issue?.branchPullRequests.items ?? [])].filter(
    ({ repo }) => repo.toLowerCase() === repository.repo.toLowerCase(),
  )
  const open = new Set(all.filter(({ state }) => state === 'OPEN').map(({ number }) => number))
  const found = ['OPEN', 'MERGED', 'CLOSED'].flatMap((life) => all.filter(({ state }) => state === life))[0]
  const snapshot = snapshotOf(issue?.number ?? null, found ? shownOf(found.number, found) : null, input)
  const whole = issue === null || (issue.pullRequests.complete && issue.branchPullRequests.complete)
  const facts = factsOf(snapshot, input)
  const pullRequest = open.size > 1 ? 'several' : whole ? facts.pullRequest : null
  return { ...answer(snapshot, { ...facts, coherent: true, pullRequest }), ...tellSource(seen.source) }
}

function answer(snapshot: TrackerPullRequestSnapshot, facts: TrackerPullRequestFacts): TrackerPullRequestAnswer {
  const { state, rule } = classify(trackerPullRequest, facts)
  const { next, to } = trackerPullRequest.states[state]
  return {
    ok: true,
    snapshot,
    state,
    allowedTransitions: [...to],
    nextAction: next?.step ?? 'done',
    reverseSyncAction: REVERSE_SYNC_ACTION[state],
    because: [rule],
  }
}

interface ShownPullRequest {
  readonly number: number
  readonly state: 'OPEN' | 'CLOSED' | 'MERGED'
  readonly isDraft: boolean
}

function shownOf(number: number, { state, isDraft }: Omit<ShownPullRequest, 'number'>): ShownPullRequest {
  return { number, state, isDraft: isDraft && state === 'OPEN' }
}

function snapshotOf(
  item: number | null,
  pull: ShownPullRequest | null,
  { facts, work }: DecisionInput,
): TrackerPullRequestSnapshot {
  const verdict = work.verdicts.draft_gate
  return {
    trackerItemExists: item !== null,
    trackerItemId: item === null ? null : String(item),
    prExists: pull !== null,
    prNumber: pull?.number ?? null,
    prDraft: pull?.isDraft ?? false,
    prMerged: pull?.state === 'MERGED',
    prClosed: pull !== null && pull.state !== 'OPEN',
    prHeadSha: facts.kind === 'pull_request' ? (facts.pr?.head.sha ?? null) : null,
    draftGateCommentVisible: verdict != null,
    draftGateCommentVerdict: verdict?.verdict ?? null,
    draftGateCommentHeadSha: verdict?.head ?? null,
  }
}

function factsOf(
  snapshot: TrackerPullRequestSnapshot,
  input: DecisionInput,
): Omit<TrackerPullRequestFacts, 'coherent'> {
  const gate = readSurely(input).pullRequest?.draftGate.state
  return {
    item: snapshot.trackerItemExists,
    pullRequest: lifeOf(snapshot),
    draftGate: gate === 'passed' || gate === 'earlier' ? ('passed' as const) : ('not_passed' as const),
  }
}

function lifeOf({
  prExists,
  prMerged,
  prClosed,
  prDraft,
}: TrackerPullRequestSnapshot): TrackerPullRequestFacts['pullRequest'] {
  if (!prExists) return 'none'
  if (prMerged) return 'merged'
  if (prClosed) return 'closed'
  return prDraft ? 'draft' : 'open'
}

function isCoherent(snapshot: TrackerPullRequestSnapshot): boolean {
  const { trackerItemExists, prExists, prNumber, prDraft, prMerged, prClosed } = snapshot
  const ofPullRequest = prNumber !== null || prDraft || prMerged || prClosed
  if (!trackerItemExists && (prExists || ofPullRequest)) return false
  if (!prExists && ofPullRequest) return false
  return !(prMerged && prDraft)
}
