/**
 * The merge of exactly the commit that was judged: GitHub compares the head, so a decision that a push
 * overtook is refused there (level `pinned`).
 */
import { z } from 'zod'
import { GitHubError } from '../../errors.ts'
import type { Effect } from '../../sessions/effect.ts'
import { readAnswer } from '../answers/read.ts'
import type { GitHubClient } from '../client.ts'
import { MERGE_PULL_REQUEST } from '../queries/mutations.ts'
import { writeDeadlineMs, writeTimeoutMs } from './deadline.ts'
import { headMoved, type PullRequestAt, type PullRequestState, readState, requireOpenAt } from './pull-request-state.ts'

type MergeMethod = 'squash' | 'merge' | 'rebase'

export type Merged = {
  readonly number: number
  readonly head: string
  readonly mergedAt: string | null
  readonly commit: string | null
}

const Answer = z.object({
  mergePullRequest: z.object({
    pullRequest: z.object({ mergedAt: z.string().nullable(), mergeCommit: z.object({ oid: z.string() }).nullable() }),
  }),
})

export interface Merge extends PullRequestAt {
  readonly method: MergeMethod
}

export function mergePullRequest(at: Merge, client: GitHubClient): Effect<Merged> {
  const { repo, number, head, method } = at
  return {
    kind: 'merge_pull_request',
    key: keyOf(at),
    level: 'pinned',
    params: { repo, number, head, method },
    deadlineMs: writeDeadlineMs(client),
    find: async (signal) => merged(await readState(at, client, signal), head),
    act: (signal) => merge(at, client, signal),
  }
}

function keyOf({ repo, number, head }: PullRequestAt): string {
  return `merge:${repo}#${number}:${head}`
}

async function merge(at: Merge, client: GitHubClient, signal: AbortSignal): Promise<Merged> {
  const { number, head, method } = at
  const before = await readState(at, client, signal)
  requireOpenAt(before, head)
  const variables = { key: keyOf(at), id: before.id, head, mergeMethod: method.toUpperCase() }
  try {
    const answer = await client.graphql(MERGE_PULL_REQUEST, variables, { signal, timeoutMs: writeTimeoutMs(client) })
    const { mergedAt, mergeCommit } = readAnswer(Answer, answer).mergePullRequest.pullRequest
    return { number, head, mergedAt, commit: mergeCommit?.oid ?? null }
  } catch (error) {
    // GitHub tells a moved head from a closed gate by words only; the state tells it by facts.
    if (!(error instanceof GitHubError) || error.code !== 'precondition_failed') throw error
    const after = await readState(at, client, signal)
    const done = merged(after, head)
    if (done) return done
    requireOpenAt(after, head)
    throw error
  }
}

/** @throws GitHubError `head_moved` when another commit was merged */
function merged(state: PullRequestState, head: string): Merged | null {
  if (state.state !== 'MERGED') return null
  if (state.headRefOid !== head) throw headMoved(head, state.headRefOid)
  return { number: state.number, head, mergedAt: state.mergedAt, commit: state.mergeCommit?.oid ?? null }
}
