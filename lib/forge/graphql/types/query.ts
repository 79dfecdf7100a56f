/** Where reads begin: the viewer, a repository by name, anything by its node id. */

import { findAccount, findRepository, mayDo, repositoryById } from '../../state/find.ts'
import type { Repository } from '../../state/model.ts'
import { type NodeKey, nodeId, parseNodeId } from '../../state/node-id.ts'
import { slugOf } from '../../world.ts'
import type { Context } from '../context.ts'
import { notFound } from '../errors.ts'
import { type Fields, listArgument, textArgument } from '../resolve.ts'
import {
  accountSource,
  commentSource,
  issueSource,
  labelSource,
  pullSource,
  refSource,
  repositorySource,
  reviewSource,
  threadCommentSource,
  threadSource,
} from '../sources.ts'
import { objectSource } from './repository.ts'

export const query = {
  Query: {
    viewer: (_source, _args, { viewer }) => ({ __typename: 'User', account: viewer }),
    rateLimit: (_source, _args, { quota, cost }) => {
      const used = quota.used + cost.cost
      return { ...quota, ...cost, used, remaining: Math.max(0, quota.limit - used) }
    },
    repository: async (_source, args, context) => {
      const slug = `${textArgument(args, 'owner')}/${textArgument(args, 'name')}`
      return repositorySource(await openRepository(context, slug))
    },
    repositoryOwner: (_source, args, { state }) => {
      const account = findAccount(state, textArgument(args, 'login') ?? '')
      return account && accountSource(account)
    },
    user: (_source, args, { state }) => {
      const login = textArgument(args, 'login') ?? ''
      const account = findAccount(state, login)
      if (account?.kind !== 'User') throw notFound(`Could not resolve to a User with the login of '${login}'.`)
      return accountSource(account)
    },
    node: (_source, args, context) => readNode(context, textArgument(args, 'id') ?? ''),
    nodes: (_source, args, context) => (listArgument(args, 'ids') ?? []).map((id) => readNode(context, id)),
  } satisfies Fields<unknown>,

  Organization: {
    id: ({ repositoryId }) => nodeId('Repository', repositoryId, 'owner'),
    login: ({ login }) => login,
    url: ({ login }, _args, { world }) => `${world.origin}/${login}`,
    resourcePath: ({ login }) => `/${login}`,
  } satisfies Fields<{ login: string; repositoryId: number }>,
}

/** What may not be read does not exist: GitHub tells a stranger no more. */
async function openRepository(context: Context, slug: string): Promise<Repository> {
  const found = findRepository(context.state, slug)
  if (!found || !mayDo(found, context.viewer.login, 'READ')) {
    throw notFound(`Could not resolve to a Repository with the name '${slug}'.`)
  }
  await context.refs(found)
  return found
}

/** @throws ForgeError NOT_FOUND in GitHub's words for an id that names nothing */
export async function readNode(context: Context, id: string) {
  const key = parseNodeId(id)
  const node = key && ((await repositoryNode(context, key)) ?? accountNode(context, key))
  if (!node) throw notFound(`Could not resolve to a node with the global id of '${id}'`)
  return node
}

function accountNode({ state }: Context, { type, parts }: NodeKey) {
  const account = type === 'User' || type === 'Bot' ? state.accounts.find((one) => one.id === parts[0]) : undefined
  return account ? accountSource(account) : null
}

async function repositoryNode(context: Context, key: NodeKey) {
  for (const repository of context.state.repositories) {
    if (!mayDo(repository, context.viewer.login, 'READ')) continue
    const node = await nodeIn(context, repository, key)
    if (!node) continue
    await context.refs(repository)
    return node
  }
  return null
}

async function nodeIn(context: Context, repository: Repository, { type, parts }: NodeKey) {
  const [first, second] = parts
  if (type === 'Repository') return first === repository.id ? repositorySource(repository) : null
  if (type === 'PullRequest') return pullNode(repository, first)
  if (type === 'Issue') {
    const issue = repository.issues.find((one) => one.id === first)
    return issue ? issueSource(repository, issue) : null
  }
  if (repositoryById(context.state, first) !== repository) return null
  if (type === 'Ref') return refNode(context, repository, String(second))
  if (type === 'Commit' || type === 'Blob' || type === 'Tree') return gitNode(context, repository, String(second))
  return partNode(repository, { type, parts })
}

function pullNode(repository: Repository, id: unknown) {
  const pull = repository.pulls.find((one) => one.id === id)
  return pull ? pullSource(repository, pull) : null
}

async function refNode(context: Context, repository: Repository, name: string) {
  const oid = (await context.refs(repository)).get(name)
  return oid ? refSource(repository, name, oid) : null
}

async function gitNode(context: Context, repository: Repository, oid: string) {
  const found = await context.world.objects(slugOf(repository)).resolve(oid)
  return found && objectSource(context, repository, found)
}

/** Things inside a repository that have a number of their own. */
function partNode(repository: Repository, { type, parts }: NodeKey) {
  const id = parts[1]
  if (type === 'Label') {
    const label = repository.labels.find((one) => one.id === id)
    return label ? labelSource(repository, label) : null
  }
  if (type === 'CheckSuite' || type === 'CheckRun') {
    const suite = repository.checkSuites.find((one) => (type === 'CheckSuite' ? one.id : one.run.id) === id)
    return suite ? { __typename: type, repository, suite } : null
  }
  if (type === 'StatusContext') {
    const status = repository.statuses.find((one) => one.id === id)
    return status ? { __typename: type, repository, status } : null
  }
  return commentNode(repository, id) ?? reviewNode(repository, id)
}

function commentNode(repository: Repository, id: unknown) {
  const pulls = repository.pulls.map((pull) => pullSource(repository, pull))
  const issues = repository.issues.map((issue) => issueSource(repository, issue))
  for (const subject of [...pulls, ...issues]) {
    const about = subject.__typename === 'PullRequest' ? subject.pull : subject.issue
    const comment = about.comments.find((one) => one.id === id)
    if (comment) return commentSource(subject, comment)
  }
  return null
}

function reviewNode(repository: Repository, id: unknown) {
  for (const pull of repository.pulls) {
    const on = pullSource(repository, pull)
    const review = pull.reviews.find((one) => one.id === id)
    if (review) return reviewSource(on, review)
    for (const thread of pull.threads) {
      if (thread.id === id) return threadSource(on, thread)
      const comment = thread.comments.find((one) => one.id === id)
      if (comment) return threadCommentSource(on, thread, comment)
    }
  }
  return null
}
