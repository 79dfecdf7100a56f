/**
 * What was not known, or not given, and stood in the way: named, so that nobody has to guess why.
 */
import type { LocalFacts } from '../facts/local.ts'
import type { Remark } from '../facts/spoken.ts'
import type { GateReading } from '../gates/evidence.ts'
import type { DecisionInput } from './decision.ts'
import type { Stage } from './precedence.ts'
import type { Reading } from './readings/target.ts'

interface Asked {
  readonly input: DecisionInput
  readonly reading: Reading
}

export function listMissing(decided: Stage, step: string | null, asked: Asked): readonly string[] {
  const runId = step === 'claim' && asked.input.you === null ? ['run_id'] : []
  return [...runId, ...missingIn(decided.state, asked)]
}

function missingIn(state: string, { input, reading }: Asked): readonly string[] {
  switch (state) {
    case 'no_pr':
      return input.facts.kind === 'pull_request' ? ['pull_request'] : []
    case 'issue_missing':
      return ['issue']
    case 'policy_unproved':
      return ['policy']
    case 'held_without_end':
      return ['end_of_claim']
    case 'facts_unproved':
      return reading.pullRequest ? unprovedLists(reading) : ['pull_requests']
    case 'human_comment_pause':
      return toHear(reading.pullRequest?.spoken.unheard ?? [])
    case 'blocked_by_copilot_comment':
      return toHear(reading.pullRequest?.spoken.calls ?? [])
    case 'local_unproved':
      return input.local ? unknownOf(input.local) : ['local']
    case 'waiting_for_ci':
      return missingChecks(reading)
    case 'refinement_missing':
      return ['acceptance_criteria']
    case 'retrospective_gate_pending':
      return [`retrospective: ${reading.pullRequest?.retrospective ?? 'no_retrospective'}`]
    case 'mergeability_unknown':
      return ['mergeability']
    default:
      return gatesMissing(state, reading)
  }
}

function missingChecks({ pullRequest }: Reading): readonly string[] {
  if (pullRequest?.ci.state !== 'unknown') return []
  return [pullRequest.pr.checks.withheld ? 'checks: not_permitted' : 'checks']
}

/** Lists of which a rule wanted the whole. */
export function unprovedLists({ pullRequest }: Pick<Reading, 'pullRequest'>): readonly string[] {
  if (!pullRequest) return []
  const { threads, reviews, spoken } = pullRequest
  return [
    ...(spoken.state === null ? ['comments'] : []),
    ...(threads.state === null ? ['threads'] : []),
    ...(reviews.request === null ? ['review_requests'] : []),
    ...(reviews.reviewed === null ? ['reviews'] : []),
  ]
}

/** Where to read what nobody acknowledged yet; the newest few, as more are not read anyway. */
function toHear(remarks: readonly Remark[]): readonly string[] {
  return remarks.slice(-5).map(({ id, url }) => `acknowledgement: ${url === '' ? id : url}`)
}

const LOCAL_NAMES = [
  'dirty',
  'untracked',
  'unfinished',
  'remoteHead',
  'remoteHeadIsAncestor',
  'ahead',
  'aheadOfBase',
  'revertsForeign',
] as const

function unknownOf(local: LocalFacts): readonly string[] {
  return LOCAL_NAMES.filter((name) => local[name] === null)
}

const DRAFT_GATE_STATES = ['draft_review', 'draft_gate_needed']
const PRE_APPROVAL_STATES = ['pre_approval_gate_needed', 'pre_approval_gate_window']

/** Why the gate that is asked for is not passed. */
function gatesMissing(state: string, { pullRequest }: Reading): readonly string[] {
  if (!pullRequest) return []
  const of = (states: readonly string[], gate: string, { state: is, reason }: GateReading) => {
    const asked = states.includes(state) || (state === 'gate_assurance_too_low' && is === 'weak')
    return asked && reason !== null ? [`${gate}: ${reason}`] : []
  }
  return [
    ...of(DRAFT_GATE_STATES, 'draft_gate', pullRequest.draftGate),
    ...of(PRE_APPROVAL_STATES, 'pre_approval_gate', pullRequest.preApproval),
  ]
}
