/**
 * The push as an effect that can be looked for again after a crash.
 *
 * Its key is the change itself, old and new head of one branch, so a push that landed after its sender
 * died is found by asking the remote. This room stands before the one that performs effects, so the
 * shape is written out here; a test holds both together.
 */
import { GitError } from '../errors.ts'
import { PUSH_DEADLINE_MS, type PushPlan, type PushRequest } from './push.ts'
import { type Fencing, type PinnedReason, type Sent, sendWith } from './push-fenced.ts'
import { pushKey } from './push-key.ts'
import { readRemote } from './remote.ts'

/** A type, not an interface: only so is it known to be plain data for the journal. */
type PushResult = {
  readonly before: string | null
  readonly after: string
  /** How it went in the end: a remote may turn out to be unable to fence. */
  readonly level: Fencing['level']
  readonly levelReason: PinnedReason | null
}

export interface PushEffect {
  readonly kind: 'git_push'
  readonly key: string
  readonly level: Fencing['level']
  readonly params: { readonly branch: string; readonly before: string | null; readonly after: string }
  readonly deadlineMs: number
  find(signal: AbortSignal): Promise<PushResult | null>
  act(signal: AbortSignal): Promise<PushResult>
  levelOf(result: PushResult): Fencing['level']
}

/**
 * @param plan    what `planPush` allowed
 * @param request the same that it was planned for
 * @returns an effect whose `act` throws GitError with the refusal's code when the remote or the owner's
 *   record moved meanwhile
 */
export function pushEffect(plan: PushPlan, request: PushRequest, fencing: Fencing): PushEffect {
  const { branch, remote, before, after } = plan
  const { deadlineMs = PUSH_DEADLINE_MS } = request
  const planned = { level: fencing.level, levelReason: fencing.level === 'pinned' ? fencing.reason : null }
  return {
    kind: 'git_push',
    key: pushKey(branch, before, after),
    level: fencing.level,
    params: { branch, before, after },
    deadlineMs,
    find: async (signal) => {
      const asked = { ...request, signal, cwd: request.worktree, remote, timeoutMs: deadlineMs }
      return (await readRemote([branch], asked)).heads.get(branch) === after ? { before, after, ...planned } : null
    },
    act: async (signal) => resultOf(await sendWith(fencing, plan, { ...request, signal, deadlineMs })),
    levelOf: ({ level }) => level,
  }
}

function resultOf(outcome: Awaited<ReturnType<typeof sendWith>>): PushResult {
  if (!outcome.ok) throw new GitError(outcome.error, outcome.message, { ...outcome })
  const { before, after, level, levelReason }: Sent = outcome.value
  return { before, after, level, levelReason }
}
