/**
 * Who works on a pull request, as a commit status on its head: for people, and always `success`.
 *
 * No rule reads it: ownership is what the record says. It names the run, its fencing token and the host
 * by a digest, because a commit status of a public repository is read by everybody. It says what was true
 * when it was posted, so it needs no change when the run ends.
 */
import { createHash } from 'node:crypto'
import { OWNER_CONTEXT } from '../../facts/identity.ts'
import type { HostIdentity } from '../../ownership/host.ts'
import type { Effect } from '../../sessions/effect.ts'
import type { GitHubClient } from '../client.ts'
import { postStatus, type StatusPosted } from './post-status.ts'

export interface OwnerSign {
  readonly runId: string
  readonly token: number
  readonly host: HostIdentity
}

/** At most 140 characters, as a run id has at most 100. */
export function describeOwner({ runId, token, host }: OwnerSign): string {
  const named = host.machineId ?? host.bootId
  const digest = named === null ? 'unknown' : createHash('sha256').update(named).digest('hex').slice(0, 8)
  return `run ${runId}, token ${token}, host ${digest}`
}

export function ownerStatus(
  { repo, head, owner }: { readonly repo: string; readonly head: string; readonly owner: OwnerSign },
  client: GitHubClient,
): Effect<StatusPosted> {
  const status = { repo, sha: head, context: OWNER_CONTEXT, state: 'success' as const, targetUrl: null }
  return {
    ...postStatus({ ...status, description: describeOwner(owner) }, client),
    kind: 'owner_status',
    level: 'checked',
  }
}
