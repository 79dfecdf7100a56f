/** Things of the forge as REST writes them: snake case, `[bot]` behind the login of a bot. */
import type { ChangedFile, CommitData, CommitPerson } from '../git/objects.ts'
import type { Context } from '../graphql/context.ts'
import { instant } from '../graphql/types/git-objects.ts'
import { isSubmitted } from '../graphql/types/reads.ts'
import { findAccount, findRepository } from '../state/find.ts'
import type { Account, CheckSuite, Pull, Repository, Status, ThreadComment } from '../state/model.ts'
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

/** Of its persons REST gives instants in UTC, as GraphQL does. */
export function commitJson({ oid, treeOid, message, author, committer, parents }: CommitData) {
  const person = ({ name, email, date }: CommitPerson) => ({ name, email, date: instant(date) })
  return {
    sha: oid,
    commit: { message, author: person(author), committer: person(committer), tree: { sha: treeOid } },
    parents: parents.map((sha) => ({ sha })),
  }
}

export function isPerson(context: Context, login: string): boolean {
  return findAccount(context.state, login)?.kind === 'User'
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
    state: pull.state === 'OPEN' ? ('open' as const) : ('closed' as const),
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
    review_comments: submittedComments(pull).length,
    labels: labelsJson(repository, pull.labels),
    // Bots are left out of this list, as they are on GitHub; only GraphQL names them.
    requested_reviewers: pull.reviewRequests.flatMap(({ login }) =>
      isPerson(context, login) ? (loginJson(context, login) ?? []) : [],
    ),
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

/** What is remarked in a review that is not submitted yet is listed for nobody. */
export function submittedComments(pull: Pull): ThreadComment[] {
  const submitted = new Set(pull.reviews.filter(isSubmitted).map((review) => review.id))
  return pull.threads.flatMap((thread) => thread.comments).filter((comment) => submitted.has(comment.reviewId))
}

export function labelsJson(repository: Repository, names: readonly string[]) {
  const labels = repository.labels.filter((label) => names.includes(label.name))
  return labels.map(({ id, name, color }) => ({
    id,
    node_id: nodeId('Label', repository.id, id),
    name,
    color,
    description: null,
    default: false,
  }))
}

/** Unlike GraphQL this listing says where a renamed file came from. */
export function fileJson(file: ChangedFile) {
  return {
    filename: file.path,
    status: FILE_STATUS[file.changeType],
    additions: file.additions,
    deletions: file.deletions,
    changes: file.additions + file.deletions,
    ...(file.previousPath === null ? {} : { previous_filename: file.previousPath }),
  }
}

const FILE_STATUS = {
  ADDED: 'added',
  DELETED: 'removed',
  MODIFIED: 'modified',
  RENAMED: 'renamed',
  CHANGED: 'changed',
} as const

export function checkRunJson({ world }: Context, repository: Repository, { id, app, oid, run }: CheckSuite) {
  const url = `${world.origin}/${slugOf(repository)}/runs/${run.id}`
  return {
    id: run.id,
    node_id: nodeId('CheckRun', repository.id, run.id),
    external_id: null,
    head_sha: oid,
    name: run.name,
    html_url: url,
    details_url: url,
    status: lower(run.status),
    conclusion: run.conclusion && lower(run.conclusion),
    started_at: run.startedAt,
    completed_at: run.completedAt,
    output: { title: run.title, summary: run.summary, text: run.text, annotations_count: 0 },
    app: { slug: app },
    check_suite: { id },
  }
}

export function checkSuiteJson(repository: Repository, { id, app, oid, createdAt, updatedAt, run }: CheckSuite) {
  return {
    id,
    node_id: nodeId('CheckSuite', repository.id, id),
    head_sha: oid,
    status: lower(run.status),
    conclusion: run.conclusion && lower(run.conclusion),
    created_at: createdAt,
    updated_at: updatedAt,
    latest_check_runs_count: 1,
    app: { slug: app },
  }
}

function lower<Text extends string>(text: Text): Lowercase<Text> {
  return text.toLowerCase() as Lowercase<Text>
}
