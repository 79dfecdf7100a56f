/**
 * A commit status of ours, written only when it says something new.
 *
 * Each post adds an entry to the commit's history, so an equal one is left alone; equal means the same
 * words by our own account. A token that may not write statuses is no failure here: whether the status
 * matters (a verdict needs it, a sign of ownership does not) is for the caller, who reads `posted`.
 */
import { createHash } from 'node:crypto'
import { z } from 'zod'
import { GitHubError } from '../../errors.ts'
import type { Effect } from '../../sessions/effect.ts'
import { RawActor } from '../answers/parts.ts'
import { readAnswer } from '../answers/read.ts'
import type { GitHubClient } from '../client.ts'
import { isOurs } from '../marker.ts'
import { STATUS_OF_COMMIT } from '../queries/lookups.ts'
import { ownerAndName, restPath } from '../repository.ts'
import { writeDeadlineMs, writeTimeoutMs } from './deadline.ts'

type StatusState = 'error' | 'failure' | 'pending' | 'success'

export interface CommitStatus {
  readonly repo: string
  readonly sha: string
  readonly context: string
  readonly state: StatusState
  /** At most 140 characters, which is all that GitHub keeps. */
  readonly description: string
  readonly targetUrl: string | null
}

export type StatusPosted = { readonly posted: boolean; readonly warning: 'status_not_permitted' | null }

const MOST_CHARACTERS = 140

const Answer = z.object({
  viewer: z.object({ login: z.string() }),
  repository: z.object({
    object: z
      .object({
        __typename: z.string(),
        status: z
          .object({
            context: z
              .object({
                state: z.string(),
                description: z.string().nullable(),
                targetUrl: z.string().nullable(),
                creator: RawActor,
              })
              .nullable(),
          })
          .nullish(),
      })
      .nullable(),
  }),
})

export function postStatus(wanted: CommitStatus, client: GitHubClient): Effect<StatusPosted> {
  const status = { ...wanted, description: wanted.description.slice(0, MOST_CHARACTERS) }
  const { repo, sha, context, state, description, targetUrl } = status
  return {
    kind: 'post_status',
    key: keyOf(status),
    level: 'checked',
    params: { repo, sha, context, state, description, targetUrl },
    deadlineMs: writeDeadlineMs(client),
    find: (signal) => findStatus(status, client, signal),
    act: (signal) => post(status, client, signal),
  }
}

function keyOf({ repo, sha, context, state, description, targetUrl }: CommitStatus): string {
  return `status:${repo}:${sha}:${context}:${digest([state, description, targetUrl ?? ''])}`
}

async function findStatus(
  { repo, sha, context, state, description, targetUrl }: CommitStatus,
  client: GitHubClient,
  signal: AbortSignal,
): Promise<StatusPosted | null> {
  const answer = await client.graphql(STATUS_OF_COMMIT, { ...ownerAndName(repo), oid: sha, context }, { signal })
  const { viewer, repository } = readAnswer(Answer, answer)
  if (repository.object?.__typename !== 'Commit') {
    throw new GitHubError('target_not_found', `${repo} has no commit ${sha}; push it first`, { sha })
  }
  const there = repository.object.status?.context
  const equal =
    there?.state.toLowerCase() === state &&
    (there.description ?? '') === description &&
    there.targetUrl === targetUrl &&
    isOurs(there.creator, viewer.login)
  return equal ? { posted: true, warning: null } : null
}

async function post(status: CommitStatus, client: GitHubClient, signal: AbortSignal): Promise<StatusPosted> {
  const { repo, sha, context, state, description, targetUrl } = status
  const body = { state, context, description, ...(targetUrl === null ? {} : { target_url: targetUrl }) }
  try {
    const options = { signal, timeoutMs: writeTimeoutMs(client), idempotencyKey: keyOf(status) }
    await client.rest('POST', `${restPath(repo)}/statuses/${sha}`, body, options)
    return { posted: true, warning: null }
  } catch (error) {
    // The commit was just seen, so "not found" can only mean that this token may not write here.
    if (!(error instanceof GitHubError) || !FORBIDDEN.includes(error.code)) throw error
    return { posted: false, warning: 'status_not_permitted' }
  }
}

const FORBIDDEN: readonly string[] = ['not_permitted', 'target_not_found']

function digest(parts: readonly string[]): string {
  return createHash('sha256').update(parts.join('\0')).digest('hex').slice(0, 16)
}
