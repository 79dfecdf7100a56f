/**
 * Shows on the head of a pull request who works on it. A sign for people: whatever fails here is a warning
 * and never the end of the work that it is a sign of.
 */
import type { Sources } from '../dispatch/gather.ts'
import type { Asked } from '../dispatch/next.ts'
import { DevLoopsError } from '../errors.ts'
import type { GitHubClient } from '../github/client.ts'
import type { EffectContext } from '../sessions/perform.ts'
import type { NumberedTarget } from '../target.ts'
import type { CommandContext } from './define.ts'

/** Of a run that holds the pull request. */
export interface ShowingOwner extends EffectContext {
  readonly target: NumberedTarget
}

/** @returns warnings: `status_not_permitted`, or `owner_not_shown: …` */
async function showOwner(
  head: string,
  acting: ShowingOwner,
  openClient: () => Promise<GitHubClient>,
): Promise<readonly string[]> {
  const { ownerStatus } = await import('../github/effects/owner-status.ts')
  const { performEffect } = await import('../sessions/perform.ts')
  const { target, runId, token, ownership } = acting
  try {
    const owner = { runId, token, host: ownership.host }
    const made = await performEffect(ownerStatus({ repo: target.repo, head, owner }, await openClient()), acting)
    if (!made.ok) return [`owner_not_shown: ${made.message}`]
    return made.value.value.warning === null ? [] : [made.value.value.warning]
  } catch (error) {
    if (acting.signal.aborted || !(error instanceof DevLoopsError)) throw error
    return [`owner_not_shown: ${error.message}`]
  }
}

/** For a command that made this head, or took the pull request at it. */
export function showHere(head: string, acting: ShowingOwner, context: CommandContext): Promise<readonly string[]> {
  return showOwner(head, acting, async () => {
    const { openGitHub } = await import('./services.ts')
    return openGitHub(context)
  })
}

export interface OwnerMarks {
  /** Called with each answer of `next`; asks GitHub only when the facts lack the mark, and once for each. */
  readonly after: (asked: Asked) => Promise<void>
  readonly warnings: readonly string[]
}

/** For `run`, which sees the facts: also a head that somebody else pushed is marked. */
export function openOwnerMarks(sources: Sources, { signal, onBoundary }: CommandContext): OwnerMarks {
  const tried = new Set<string>()
  const warnings = new Set<string>()
  async function after({ input, view, decision }: Asked): Promise<void> {
    const { ownership, client } = sources
    const { holder } = view
    if (holder === null || holder.runId !== sources.runId || decision.actor === 'stop') return
    const { describeOwner } = await import('../github/effects/owner-status.ts')
    const { headToMark } = await import('../dispatch/owner-mark.ts')
    const { runId, token } = holder
    const head = headToMark(input, describeOwner({ runId, token, host: ownership.host }))
    if (head === null || tried.has(`${head} ${token}`)) return
    tried.add(`${head} ${token}`)
    const boundary = onBoundary === undefined ? {} : { onBoundary }
    const acting = { target: input.target, runId, token, ownership, signal, ...boundary }
    for (const warning of await showOwner(head, acting, async () => client)) warnings.add(warning)
  }
  return {
    after,
    get warnings() {
      return [...warnings]
    },
  }
}
