/**
 * Sends a push that the remote itself refuses to anybody but the owner (design §6, fenced).
 *
 * Who owns the branch is known to rooms behind this one, so what binds the push to the right to make it is
 * handed in. Where the remote cannot do that, the push is pinned instead and says why.
 */
import { DevLoopsError, GitError, StoreError } from '../errors.ts'
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
  const objects = await readObjects({ ...request, cwd: request.worktree })
  const change = { ref: `refs/heads/${plan.branch}`, expected: plan.before, next: plan.after, objects }
  const sent = await attempt(() => fencing.send(change, request))

  if (sent instanceof DevLoopsError) return lookAfter(sent, plan, request)
  if (sent.ok && sent.value === 'unsupported') return sendPinned('no_atomic_push', plan, request)
  if (sent.ok) return accept(fenced(plan, 'made'))
  // For any other reason than the branch itself, where it stands is not this run's business any more.
  return sent.error === 'head_moved' ? lookAfter(null, plan, request) : sent
}

/** @param failure thrown when the push has not landed; `null`: the remote said that the branch moved */
async function lookAfter(failure: DevLoopsError | null, plan: PushPlan, request: PushRequest): Promise<Outcome<Sent>> {
  const now = await askAgain(plan, request, failure)
  if (now === plan.after) return accept(fenced(plan, 'found'))
  if (failure === null || now !== plan.before) return refuseMoved(plan, now)
  throw failure
}

function fenced({ before, after }: PushPlan, action: Pushed['action']): Sent {
  return { before, after, action, level: 'fenced', levelReason: null }
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
