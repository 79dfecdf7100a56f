/** Things of the forge as REST writes them: snake case, `[bot]` behind the login of a bot. */
import type { Context } from '../graphql/context.ts'
import { findAccount, findRepository } from '../state/find.ts'
import type { Account, Pull, Repository, Status } from '../state/model.ts'
import { nodeId } from '../state/node-id.ts'
import { slugOf } from '../world.ts'

export function accountJson(account: Account) {
  const login = account.kind === 'Bot' ? `${account.login}[bot]` : account.login
  return { login, id: account.id, node_id: nodeId(account.kind, account.id), type: account.kind }
}

export function loginJson(context: Context, login: string | null) {
  const account = login === null ? null : findAccount(context.state, login)
  return account && accountJson(account)
}

export function statusJson(context: Context, repository: Repository, status: Status) {
  return {
    id: status.id,
    node_id: nodeId('StatusContext', repository.id, status.id),
    state: status.state.toLowerCase(),
    context: status.context,
    description: status.description,
    target_url: status.targetUrl,
    creator: loginJson(context, status.creator),
    created_at: status.createdAt,
    updated_at: status.createdAt,
  }
}

export function pullJson(context: Context, repository: Repository, pull: Pull) {
  const url = `${context.world.origin}/${slugOf(repository)}/pull/${pull.number}`
  return {
    id: pull.id,
    node_id: nodeId('PullRequest', pull.id),
    number: pull.number,
    html_url: url,
    title: pull.title,
    body: pull.body,
    state: pull.state === 'OPEN' ? 'open' : 'closed',
    draft: pull.draft,
    merged: pull.state === 'MERGED',
    merged_at: pull.mergedAt,
    merge_commit_sha: pull.mergeCommitOid,
    created_at: pull.createdAt,
    updated_at: pull.updatedAt,
    closed_at: pull.closedAt,
    user: loginJson(context, pull.author),
    maintainer_can_modify: pull.maintainerCanModify,
    head: branchJson(context, pull.headRepository, { ref: pull.headRef, sha: pull.headOid }),
    base: branchJson(context, slugOf(repository), { ref: pull.baseRef, sha: pull.baseOid }),
    comments: pull.comments.length,
    review_comments: pull.threads.reduce((count, thread) => count + thread.comments.length, 0),
    labels: pull.labels.map((name) => ({ name })),
    requested_reviewers: pull.reviewRequests.map((request) => loginJson(context, request.login)),
    requested_teams: [],
  }
}

function branchJson(context: Context, slug: string, { ref, sha }: { ref: string; sha: string }) {
  const repository = findRepository(context.state, slug)
  return {
    label: `${slug.split('/')[0]}:${ref}`,
    ref,
    sha,
    repo: repository && { id: repository.id, full_name: slug, fork: repository.forkOf !== null },
  }
}
