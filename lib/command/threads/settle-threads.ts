/** Posts what is to be posted and resolves, thread by thread; the record forgets an answer once its thread is settled. */

import type { GitHubClient } from '../../github/client.ts'
import { replyToThread } from '../../github/effects/reply-to-thread.ts'
import { resolveThread } from '../../github/effects/resolve-thread.ts'
import { accept, type Outcome } from '../../outcome.ts'
import { changeWork } from '../../sessions/perform.ts'
import type { Work } from '../../sessions/work.ts'
import { type Made, makeEffect } from '../acting.ts'
import type { Acting } from '../services.ts'
import type { Resolution } from './plan-resolutions.ts'

export interface SettledThread {
  readonly threadId: string
  readonly replied: Made<unknown>['action'] | null
  readonly resolved: Made<unknown>['action']
}

/** @returns a refusal as soon as the run may not go on; what was settled before stays so, and is found again */
export async function settleThreads(
  resolutions: readonly Resolution[],
  client: GitHubClient,
  acting: Acting | null,
): Promise<Outcome<readonly SettledThread[]>> {
  const settled: SettledThread[] = []
  for (const resolution of resolutions) {
    const done = await settleThread(resolution, client, acting)
    if (!done.ok) return done
    settled.push(done.value)
  }
  return accept(settled)
}

async function settleThread(
  { reply, ...at }: Resolution,
  client: GitHubClient,
  acting: Acting | null,
): Promise<Outcome<SettledThread>> {
  const { threadId } = at
  const replied = reply === null ? null : await makeEffect(replyToThread({ ...at, ...reply }, client), acting)
  if (replied !== null && !replied.ok) return replied
  const resolved = await makeEffect(resolveThread(at, client), acting)
  if (!resolved.ok) return resolved
  if (acting !== null) {
    const forgotten = await changeWork(acting, (work) => forget(work, threadId))
    if (!forgotten.ok) return forgotten
  }
  return accept({ threadId, replied: replied?.value.action ?? null, resolved: resolved.value.action })
}

function forget(work: Work, threadId: string) {
  const { [threadId]: settled, ...answers } = work.answers
  if (!settled) return { work, entry: null, result: null }
  return { work: { ...work, answers }, entry: { type: 'thread_settled', threadId }, result: null }
}
