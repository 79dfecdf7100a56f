/**
 * A draft pull request for a branch, made once.
 *
 * It is looked for by its branch, not by the key in its body: GitHub allows one open pull request for
 * a head and base, so one that a person opened for the branch is the one to go on with.
 */
import { z } from 'zod'
import { GitHubError } from '../../errors.ts'
import type { Effect } from '../../sessions/effect.ts'
import { readAnswer } from '../answers/read.ts'
import type { GitHubClient } from '../client.ts'
import { marked } from '../marker.ts'
import { OPEN_PULL_REQUESTS_OF_BRANCH } from '../queries/lookups.ts'
import { CREATE_PULL_REQUEST } from '../queries/mutations.ts'
import { ownerAndName } from '../repository.ts'
import { writeDeadlineMs, writeTimeoutMs } from './deadline.ts'

export interface NewPullRequest {
  readonly repo: string
  readonly branch: string
  /** `null`: the default branch. */
  readonly base: string | null
  readonly title: string
  readonly body: string
}

export type PullRequestMade = {
  readonly number: number
  readonly id: string
  readonly url: string
  readonly isDraft: boolean
  readonly head: string
}

const Found = z.object({
  id: z.string(),
  number: z.number().int(),
  url: z.string(),
  isDraft: z.boolean(),
  headRefOid: z.string(),
})

const OfBranch = z.object({
  repository: z.object({
    id: z.string(),
    nameWithOwner: z.string(),
    defaultBranchRef: z.object({ name: z.string() }).nullable(),
    pullRequests: z.object({
      nodes: z.array(Found.extend({ headRepository: z.object({ nameWithOwner: z.string() }).nullable() })),
    }),
  }),
})

const Created = z.object({ createPullRequest: z.object({ pullRequest: Found }) })

export function createDraftPullRequest(wanted: NewPullRequest, client: GitHubClient): Effect<PullRequestMade> {
  const { repo, branch, base } = wanted
  const key = `pr:${repo}@${branch}`
  return {
    kind: 'create_pull_request',
    key,
    level: 'checked',
    params: { repo, branch, base },
    deadlineMs: writeDeadlineMs(client),
    find: async (signal) => (await look(wanted, client, signal)).open,
    act: (signal) => create(wanted, { key, client, signal }),
  }
}

async function create(
  wanted: NewPullRequest,
  { key, client, signal }: { key: string; client: GitHubClient; signal: AbortSignal },
): Promise<PullRequestMade> {
  const { repositoryId, defaultBranch } = await look(wanted, client, signal)
  const base = wanted.base ?? defaultBranch
  if (base === null) throw new GitHubError('precondition_failed', `${wanted.repo} has no default branch; give --base`)
  const variables = {
    key,
    repositoryId,
    base,
    head: wanted.branch,
    title: wanted.title,
    body: marked(wanted.body, key),
  }
  const answer = await client.graphql(CREATE_PULL_REQUEST, variables, { signal, timeoutMs: writeTimeoutMs(client) })
  return made(readAnswer(Created, answer).createPullRequest.pullRequest)
}

async function look({ repo, branch }: NewPullRequest, client: GitHubClient, signal: AbortSignal) {
  const answer = await client.graphql(OPEN_PULL_REQUESTS_OF_BRANCH, { ...ownerAndName(repo), branch }, { signal })
  const { repository } = readAnswer(OfBranch, answer)
  // A fork may have a branch of the same name; and the repository another than the one it is asked under.
  const isHere = ({ headRepository }: { headRepository: { nameWithOwner: string } | null }) =>
    headRepository?.nameWithOwner === repository.nameWithOwner
  const open = repository.pullRequests.nodes.find(isHere)
  return {
    repositoryId: repository.id,
    defaultBranch: repository.defaultBranchRef?.name ?? null,
    open: open ? made(open) : null,
  }
}

function made({ number, id, url, isDraft, headRefOid }: z.infer<typeof Found>): PullRequestMade {
  return { number, id, url, isDraft, head: headRefOid }
}
