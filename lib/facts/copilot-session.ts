/**
 * Whether Copilot's coding agent is at work on a branch, from the workflow runs there.
 *
 * A session is a run of the agent's own workflow. Checks that its pushes set off have it as actor too, so the
 * actor counts only where the run was started dynamically; the display name, which GitHub changes at will, is
 * believed least and says so. An older run that is still active never beats a newer one that has ended.
 */
export interface WorkflowRunFact {
  readonly id: number
  readonly name: string | null
  readonly path: string | null
  readonly event: string
  readonly byCodingAgent: boolean
  readonly status: string | null
  readonly conclusion: string | null
  readonly createdAt: string
}

export interface WorkflowRuns {
  readonly items: readonly WorkflowRunFact[]
  /** `false`: GitHub has more, older runs of this branch than were asked for. */
  readonly complete: boolean
}

export const ACTIVITIES = ['active', 'concluded', 'idle', null] as const

export interface SessionActivity {
  /** `null`: no session among the newest runs, and older ones were not seen. */
  readonly activity: (typeof ACTIVITIES)[number]
  readonly run: WorkflowRunFact | null
  /** `low`: told by its display name only. */
  readonly confidence: 'high' | 'low'
}

export function summarizeSession(runs: WorkflowRuns): SessionActivity {
  const [newest] = runs.items.filter((run) => confidenceIn(run) !== null).sort(newestFirst)
  if (newest === undefined) return { activity: runs.complete ? 'idle' : null, run: null, confidence: 'high' }
  return { activity: activityOf(newest), run: newest, confidence: confidenceIn(newest) ?? 'low' }
}

const OWN_PATH = /^dynamic\/copilot-swe-agent(?:\/|$)/
const DISPLAY_NAMES = /^(?:copilot coding for issue|addressing (?:comment|review) on pr)\b/i

/** @returns `null` for a run that is no session */
function confidenceIn({ path, event, byCodingAgent, name }: WorkflowRunFact): 'high' | 'low' | null {
  if (OWN_PATH.test(path ?? '') || (event === 'dynamic' && byCodingAgent)) return 'high'
  return DISPLAY_NAMES.test(name ?? '') ? 'low' : null
}

const UNDER_WAY: readonly (string | null)[] = ['queued', 'in_progress', 'pending', 'requested', 'waiting']

function activityOf({ status, conclusion }: WorkflowRunFact): 'active' | 'concluded' {
  if (status === 'action_required' || conclusion === 'action_required') return 'concluded'
  return UNDER_WAY.includes(status) ? 'active' : 'concluded'
}

/** ISO instants of one form compare as text. */
function newestFirst(one: WorkflowRunFact, other: WorkflowRunFact): number {
  if (one.createdAt !== other.createdAt) return one.createdAt < other.createdAt ? 1 : -1
  return other.id - one.id
}
