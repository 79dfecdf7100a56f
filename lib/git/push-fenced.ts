/**
 * Sends a push that the remote itself refuses to anybody but the owner (design §6, fenced).
 *
 * Who owns the branch is known to rooms behind this one, so what binds the push to the right to make it is
 * handed in. Where the remote cannot do that, the push is pinned instead and says why.
 */
import { type DevLoopsError, GitError, StoreError } from '../errors.ts'
import { accept, type Outcome } from '../outcome.ts'
import { askAgain, type Pushed, type PushPlan, type PushRequest, readObjects, refuseMoved, sendPush } from './push.ts'

/** Why a push is only pinned. */
const PINNED_REASONS = ['records_not_in_git', 'records_elsewhere', 'fork_head', 'no_atomic_push'] as const
export type PinnedReason = (typeof PINNED_REASONS)[number]

/** The branch as it is to change, for a step that changes other refs of the same remote too. */
interface BranchChange {
  readonly ref: string
  readonly expected: string | null
  readonly next: string
  /** Git folder that holds the commits. */
  readonly objects: string
}

export interface FencedSending {
  readonly signal: AbortSignal
  readonly deadlineMs: number
}

/** @returns refused: `ownership_lost` and its like, `head_moved`; `unsupported`: nothing was sent */
export type Fence = (change: BranchChange, sending: FencedSending) => Promise<Outcome<'sent' | 'unsupported'>>

/** How a push is protected from a run that lost its right. */
export type Fencing =
  | { readonly level: 'fenced'; readonly send: Fence }
  | { readonly level: 'pinned'; readonly reason: PinnedReason }

export type Sent = Pushed & {
  readonly level: Fencing['level']
  readonly levelReason: PinnedReason | null
}

/** Sends a plan that was not found to be done. */
export async function sendWith(
  fencing: Fencing,
  plan: PushPlan,
  request: PushRequest & FencedSending,
): Promise<Outcome<Sent>> {
  if (fencing.level === 'pinned') return sendPinned(fencing.reason, plan, request)
  const { branch, before, after } = plan
  const objects = await readObjects({ ...request, cwd: request.worktree })
  const change = { ref: `refs/heads/${branch}`, expected: before, next: after, objects }
  const sent = await attempt(() => fencing.send(change, request))

  const fenced = { before, after, level: 'fenced', levelReason: null } as const
  if ('ok' in sent && sent.ok) {
    if (sent.value === 'unsupported') return sendPinned('no_atomic_push', plan, request)
    return accept({ ...fenced, action: 'made' })
  }
  // Refused for the owner's sake: nothing landed, and where the branch stands is not this run's business.
  if ('ok' in sent && sent.error !== 'head_moved') return sent
  const now = await askAgain(plan, request, 'ok' in sent ? null : sent)
  if (now === after) return accept({ ...fenced, action: 'found' })
  if ('ok' in sent || now !== before) return refuseMoved(plan, now)
  throw sent
}

async function sendPinned(levelReason: PinnedReason, plan: PushPlan, request: PushRequest): Promise<Outcome<Sent>> {
  const sent = await sendPush(plan, request)
  return sent.ok ? accept({ ...sent.value, level: 'pinned', levelReason }) : sent
}

/** After a failure nobody knows whether the push landed. */
async function attempt<Value>(act: () => Promise<Value>): Promise<Value | DevLoopsError> {
  try {
    return await act()
  } catch (error) {
    if (error instanceof GitError || error instanceof StoreError) return error
    throw error
  }
}
