/** A repository: its settings, its branches and files, its issues and pull requests. */
import type { NamedObject } from '../../git/objects.ts'
import { findIssue, findPull, permissionOf } from '../../state/find.ts'
import type { Pull, Repository } from '../../state/model.ts'
import { nodeId } from '../../state/node-id.ts'
import { slugOf } from '../../world.ts'
import { connect } from '../connection.ts'
import type { Context } from '../context.ts'
import { notFound } from '../errors.ts'
import { type Arguments, type Fields, listArgument, textArgument } from '../resolve.ts'
import {
  accountSource,
  commitSource,
  issueSource,
  labelSource,
  pullSource,
  type RepositorySource,
  refSource,
  repositorySource,
} from '../sources.ts'

export const repository = {
  Repository: {
    id: ({ repository }) => nodeId('Repository', repository.id),
    databaseId: ({ repository }) => repository.id,
    name: ({ repository }) => repository.name,
    nameWithOwner: ({ repository }) => slugOf(repository),
    owner: ({ repository }, _args, context) => ownerSource(context, repository),
    url: ({ repository }, _args, { world }) => `${world.origin}/${slugOf(repository)}`,
    resourcePath: ({ repository }) => `/${slugOf(repository)}`,
    createdAt: ({ repository }) => repository.createdAt,
    isPrivate: ({ repository }) => repository.isPrivate,
    isFork: ({ repository }) => repository.forkOf !== null,
    isArchived: () => false,
    isDisabled: () => false,
    isLocked: () => false,
    isEmpty: () => false,
    hasIssuesEnabled: () => true,
    visibility: ({ repository }) => (repository.isPrivate ? 'PRIVATE' : 'PUBLIC'),
    parent: ({ repository }, _args, { state }) => {
      const parent = state.repositories.find((one) => slugOf(one) === repository.forkOf)
      return parent ? repositorySource(parent) : null
    },
    viewerPermission: ({ repository }, _args, { viewer }) => permissionOf(repository, viewer.login),
    viewerCanAdminister: ({ repository }, _args, { viewer }) => permissionOf(repository, viewer.login) === 'ADMIN',
    mergeCommitAllowed: ({ repository }) => repository.mergeCommitAllowed,
    squashMergeAllowed: ({ repository }) => repository.squashMergeAllowed,
    rebaseMergeAllowed: ({ repository }) => repository.rebaseMergeAllowed,
    autoMergeAllowed: () => false,
    deleteBranchOnMerge: ({ repository }) => repository.deleteBranchOnMerge,
    defaultBranchRef: ({ repository }, _args, context) => {
      return findRef(context, repository, `refs/heads/${repository.defaultBranch}`)
    },
    ref: ({ repository }, args, context) => readRef(context, repository, textArgument(args, 'qualifiedName') ?? ''),
    object: ({ repository }, args, context) => readObject(context, repository, args),
    label: ({ repository }, args) => {
      const found = repository.labels.find((label) => label.name === args.name)
      return found ? labelSource(repository, found) : null
    },
    labels: ({ repository }, args) => {
      return connect(repository.labels, args, { keyOf: (one) => one.id, toNode: (one) => labelSource(repository, one) })
    },
    pullRequest: async ({ repository }, args, context) => {
      await context.refs(repository)
      const pull = findPull(repository, args.number)
      if (!pull) throw notFound(`Could not resolve to a PullRequest with the number of ${args.number}.`)
      return pullSource(repository, pull)
    },
    pullRequests: async ({ repository }, args, context) => {
      await context.refs(repository)
      const pulls = sortedByOrder(repository.pulls.filter(pullFilter(args)), args)
      return connect(pulls, args, { keyOf: (one) => one.id, toNode: (one) => pullSource(repository, one) })
    },
    issue: async ({ repository }, args, context) => {
      await context.refs(repository)
      const issue = findIssue(repository, args.number)
      if (!issue) throw notFound(`Could not resolve to an Issue with the number of ${args.number}.`)
      return issueSource(repository, issue)
    },
    issues: async ({ repository }, args, context) => {
      await context.refs(repository)
      const states = listArgument(args, 'states')
      const issues = repository.issues.filter((issue) => !states || states.includes(issue.state))
      return connect(sortedByOrder(issues, args), args, {
        keyOf: (one) => one.id,
        toNode: (one) => issueSource(repository, one),
      })
    },
    issueOrPullRequest: async ({ repository }, args, context) => {
      await context.refs(repository)
      const pull = findPull(repository, args.number)
      if (pull) return pullSource(repository, pull)
      const issue = findIssue(repository, args.number)
      if (issue) return issueSource(repository, issue)
      throw notFound(`Could not resolve to an issue or pull request with the number of ${args.number}.`)
    },
  } satisfies Fields<RepositorySource>,
}

function ownerSource(context: Context, repository: Repository) {
  const owner = context.state.accounts.find((one) => one.login.toLowerCase() === repository.owner.toLowerCase())
  if (owner) return accountSource(owner)
  // An organisation: it has a name and an address, and nobody signs in as it.
  return { __typename: 'Organization' as const, login: repository.owner, repositoryId: repository.id }
}

export async function findRef(context: Context, repository: Repository, name: string) {
  const oid = (await context.refs(repository)).get(name)
  return oid ? refSource(repository, name, oid) : null
}

/** `main`, `heads/main` and `refs/heads/main` name the same branch. */
async function readRef(context: Context, repository: Repository, name: string) {
  const refs = await context.refs(repository)
  const full = [name, `refs/${name}`, `refs/heads/${name}`, `refs/tags/${name}`].find((one) => refs.has(one))
  if (full) return findRef(context, repository, full)
  if (!name.startsWith('refs/')) return null
  const found = await context.world.objects(slugOf(repository)).resolve(name)
  return found ? refSource(repository, name, found.oid) : null
}

async function readObject(context: Context, repository: Repository, args: Arguments) {
  const refs = await context.refs(repository)
  const expression = textArgument(args, 'expression') ?? textArgument(args, 'oid') ?? ''
  const pinned = pinBranch(expression, refs)
  const found = await context.world.objects(slugOf(repository)).resolve(pinned)
  return found ? objectSource(context, repository, found) : null
}

/** The branch is replaced by the commit this request knows it by, so that one answer fits together. */
function pinBranch(expression: string, refs: ReadonlyMap<string, string>): string {
  const colon = expression.indexOf(':')
  const start = colon === -1 ? expression : expression.slice(0, colon)
  const oid = refs.get(`refs/heads/${start}`) ?? refs.get(start)
  return oid ? `${oid}${colon === -1 ? '' : expression.slice(colon)}` : expression
}

export async function objectSource(context: Context, repository: Repository, found: NamedObject) {
  const objects = context.world.objects(slugOf(repository))
  if (found.type === 'commit') {
    const data = await objects.commit(found.oid)
    return data && commitSource(repository, data)
  }
  if (found.type === 'blob') return { __typename: 'Blob' as const, repository, oid: found.oid }
  if (found.type === 'tree') return { __typename: 'Tree' as const, repository, oid: found.oid }
  return null
}

function pullFilter(args: Arguments): (pull: Pull) => boolean {
  const states = listArgument(args, 'states')
  const labels = listArgument(args, 'labels')
  const head = textArgument(args, 'headRefName')
  const base = textArgument(args, 'baseRefName')
  return (pull) =>
    (!states || states.includes(pull.state)) &&
    (!labels || pull.labels.some((label) => labels.includes(label))) &&
    (head === null || pull.headRef === head) &&
    (base === null || pull.baseRef === base)
}

function sortedByOrder<T extends { id: number; createdAt: string; updatedAt: string }>(all: T[], args: Arguments): T[] {
  const order = args.orderBy as { field?: string; direction?: string } | undefined
  if (!order) return all
  const key = order.field === 'UPDATED_AT' ? 'updatedAt' : 'createdAt'
  const sorted = all.toSorted((a, b) => (a[key] < b[key] ? -1 : a[key] > b[key] ? 1 : a.id - b.id))
  return order.direction === 'DESC' ? sorted.reverse() : sorted
}
