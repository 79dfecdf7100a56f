/**
 * The push as an effect that can be looked for again after a crash.
 *
 * Its key is the change itself, old and new head of one branch, so a push that landed after its sender
 * died is found by asking the remote. This room stands before the one that performs effects, so the
 * shape is written out here; a test holds both together.
 */
import { GitError } from '../errors.ts'
import { PUSH_DEADLINE_MS, type Pushed, type PushPlan, type PushRequest, sendPush } from './push.ts'
import { pushKey } from './push-key.ts'
import { readRemote } from './remote.ts'

/** A type, not an interface: only so is it known to be plain data for the journal. */
type PushResult = {
  readonly before: string | null
  readonly after: string
}

export interface PushEffect {
  readonly kind: 'git_push'
  readonly key: string
  readonly level: 'pinned'
  readonly params: { readonly branch: string; readonly before: string | null; readonly after: string }
  readonly deadlineMs: number
  find(signal: AbortSignal): Promise<PushResult | null>
  act(signal: AbortSignal): Promise<PushResult>
}

/**
 * @param plan    what `planPush` allowed
 * @param request the same that it was planned for
 * @returns an effect whose `act` throws GitError with the refusal's code when the remote moved meanwhile
 */
export function pushEffect(plan: PushPlan, request: PushRequest): PushEffect {
  const { branch, remote, before, after } = plan
  const { deadlineMs = PUSH_DEADLINE_MS } = request
  return {
    kind: 'git_push',
    key: pushKey(branch, before, after),
    level: 'pinned',
    params: { branch, before, after },
    deadlineMs,
    find: async (signal) => {
      const asked = { ...request, signal, cwd: request.worktree, remote, timeoutMs: deadlineMs }
      return (await readRemote([branch], asked)).heads.get(branch) === after ? { before, after } : null
    },
    act: async (signal) => resultOf(await sendPush(plan, { ...request, signal, deadlineMs })),
  }
}

function resultOf(outcome: Awaited<ReturnType<typeof sendPush>>): PushResult {
  if (!outcome.ok) throw new GitError(outcome.error, outcome.message, { ...outcome })
  const { before, after }: Pushed = outcome.value
  return { before, after }
}
