/** Commits, files, trees and branches. */
import { contextsOf, latestStatuses, rollupState } from '../../actions/rollup.ts'
import type { CommitPerson } from '../../git/objects.ts'
import type { CheckRun, Repository } from '../../state/model.ts'
import { nodeId } from '../../state/node-id.ts'
import { slugOf } from '../../world.ts'
import { connect } from '../connection.ts'
import type { Context } from '../context.ts'
import { notFound } from '../errors.ts'
import { type Arguments, type Fields, listArgument, textArgument } from '../resolve.ts'
import {
  type CommitSource,
  commitSource,
  pullSource,
  type RefSource,
  repositorySource,
  userByEmail,
} from '../sources.ts'
import { objectSource } from './repository.ts'

interface ObjectSource {
  readonly __typename: 'Blob' | 'Tree'
  readonly repository: Repository
  readonly oid: string
}

/** GitHub cuts the text of a file here. */
const MAX_TEXT_BYTES = 512_000

export const gitObjects = {
  Commit: {
    id: ({ repository, data }) => nodeId('Commit', repository.id, data.oid),
    oid: ({ data }) => data.oid,
    abbreviatedOid: ({ data }) => data.oid.slice(0, 7),
    url: ({ repository, data }, _args, { world }) => `${world.origin}/${slugOf(repository)}/commit/${data.oid}`,
    commitUrl: ({ repository, data }, _args, { world }) => `${world.origin}/${slugOf(repository)}/commit/${data.oid}`,
    repository: ({ repository }) => repositorySource(repository),
    message: ({ data }) => data.message,
    messageHeadline: ({ data }) => data.message.split('\n', 1)[0],
    messageBody: ({ data }) => data.message.split('\n').slice(1).join('\n').trim(),
    authoredDate: ({ data }) => instant(data.author.date),
    committedDate: ({ data }) => instant(data.committer.date),
    author: ({ data }, _args, context) => gitActor(context, data.author),
    committer: ({ data }, _args, context) => gitActor(context, data.committer),
    authors: ({ data }, args, context) => {
      return connect([data.author], args, { keyOf: (one) => one.email, toNode: (one) => gitActor(context, one) })
    },
    authoredByCommitter: ({ data }) => data.author.email === data.committer.email,
    tree: ({ repository, data }) => ({ __typename: 'Tree', repository, oid: data.treeOid }),
    parents: async ({ repository, data }, args, { world }) => {
      const objects = world.objects(slugOf(repository))
      const parents = (await Promise.all(data.parents.map((oid) => objects.commit(oid)))).filter((one) => one !== null)
      return connect(parents, args, { keyOf: (one) => one.oid, toNode: (one) => commitSource(repository, one) })
    },
    file: readFile,
    statusCheckRollup: (source) => {
      const found = contextsOf(source.repository, source.data.oid).length > 0
      return found ? { __typename: 'StatusCheckRollup', commit: source } : null
    },
    status: (source) => {
      const found = latestStatuses(source.repository, source.data.oid).length > 0
      return found ? { __typename: 'Status', commit: source } : null
    },
    checkSuites: ({ repository, data }, args) => {
      const suites = repository.checkSuites.filter((suite) => suite.oid === data.oid && suiteFilter(args)(suite))
      return connect(suites, args, {
        keyOf: (one) => one.id,
        toNode: (suite) => ({ __typename: 'CheckSuite', repository, suite }),
      })
    },
    associatedPullRequests: ({ repository, data }, args) => {
      const pulls = repository.pulls.filter((pull) => pull.headOid === data.oid || pull.mergeCommitOid === data.oid)
      return connect(pulls, args, { keyOf: (one) => one.id, toNode: (one) => pullSource(repository, one) })
    },
    history: async ({ repository, data }, args, { world }) => {
      const commits = await world.objects(slugOf(repository)).history(data.oid)
      return connect(commits, args, { keyOf: (one) => one.oid, toNode: (one) => commitSource(repository, one) })
    },
  } satisfies Fields<CommitSource>,

  Blob: {
    id: ({ repository, oid }) => nodeId('Blob', repository.id, oid),
    oid: ({ oid }) => oid,
    abbreviatedOid: ({ oid }) => oid.slice(0, 7),
    repository: ({ repository }) => repositorySource(repository),
    byteSize: async (source, _args, context) => Buffer.byteLength(await readBlob(source, context)),
    isBinary: async (source, _args, context) => isBinary(await readBlob(source, context)),
    isTruncated: async (source, _args, context) => Buffer.byteLength(await readBlob(source, context)) > MAX_TEXT_BYTES,
    text: async (source, _args, context) => {
      const text = await readBlob(source, context)
      return isBinary(text) ? null : text.slice(0, MAX_TEXT_BYTES)
    },
  } satisfies Fields<ObjectSource>,

  Tree: {
    id: ({ repository, oid }) => nodeId('Tree', repository.id, oid),
    oid: ({ oid }) => oid,
    abbreviatedOid: ({ oid }) => oid.slice(0, 7),
    repository: ({ repository }) => repositorySource(repository),
    entries: async ({ repository, oid }, _args, { world }) => {
      const entries = await world.objects(slugOf(repository)).tree(oid)
      return entries.map((entry) => ({ ...entry, __typename: 'TreeEntry', repository }))
    },
  } satisfies Fields<ObjectSource>,

  TreeEntry: {
    name: ({ name }) => name,
    path: ({ name, path }) => path ?? name,
    oid: ({ oid }) => oid,
    type: ({ type }) => type,
    mode: ({ mode }) => mode,
    object: ({ repository, oid, type }, _args, context) => objectSource(context, repository, { oid, type }),
  } satisfies Fields<EntrySource>,

  Ref: {
    id: ({ repository, name }) => nodeId('Ref', repository.id, name),
    name: ({ name }) => name.replace(/^refs\/(heads|tags)\//, ''),
    prefix: ({ name }) => /^refs\/(?:heads|tags)\//.exec(name)?.[0] ?? 'refs/',
    repository: ({ repository }) => repositorySource(repository),
    target: async ({ repository, oid }, _args, context) => {
      const found = await context.world.objects(slugOf(repository)).resolve(oid)
      return found && objectSource(context, repository, found)
    },
    associatedPullRequests: async ({ repository, name }, args, context) => {
      await context.refs(repository)
      const states = listArgument(args, 'states')
      const branch = name.replace('refs/heads/', '')
      const pulls = repository.pulls.filter(
        (pull) => pull.headRef === branch && (!states || states.includes(pull.state)),
      )
      return connect(pulls, args, { keyOf: (one) => one.id, toNode: (one) => pullSource(repository, one) })
    },
  } satisfies Fields<RefSource>,

  Status: {
    id: ({ commit }) => nodeId('Status', commit.repository.id, commit.data.oid),
    commit: ({ commit }) => commit,
    state: ({ commit }) =>
      rollupState(latestStatuses(commit.repository, commit.data.oid).map((status) => ({ status }))),
    contexts: ({ commit: { repository, data } }) => {
      const statuses = latestStatuses(repository, data.oid)
      return statuses.map((status) => ({ __typename: 'StatusContext', repository, status }))
    },
    context: ({ commit: { repository, data } }, args) => {
      const status = latestStatuses(repository, data.oid).find((one) => one.context === args.name)
      return status ? { __typename: 'StatusContext', repository, status } : null
    },
  } satisfies Fields<{ commit: CommitSource }>,

  StatusCheckRollup: {
    id: ({ commit }) => nodeId('StatusCheckRollup', commit.repository.id, commit.data.oid),
    commit: ({ commit }) => commit,
    state: ({ commit }) => rollupState(contextsOf(commit.repository, commit.data.oid)),
    contexts: ({ commit: { repository, data } }, args) => {
      const contexts = contextsOf(repository, data.oid)
      const checkRunCount = contexts.filter((context) => 'run' in context).length
      const page = connect(contexts, args, {
        keyOf: (one) => ('run' in one ? one.run.id : one.status.id),
        toNode: (one) =>
          'run' in one
            ? { __typename: 'CheckRun' as const, repository, suite: one.suite }
            : { __typename: 'StatusContext' as const, repository, status: one.status },
      })
      return {
        ...page,
        checkRunCount,
        checkRunCountsByState: countsOf(contexts.flatMap((one) => ('run' in one ? runState(one.run) : []))),
        statusContextCount: contexts.length - checkRunCount,
        statusContextCountsByState: countsOf(contexts.flatMap((one) => ('status' in one ? one.status.state : []))),
      }
    },
  } satisfies Fields<{ commit: CommitSource }>,
}

function countsOf(states: readonly string[]): readonly { readonly state: string; readonly count: number }[] {
  return [...new Set(states)].map((state) => ({ state, count: states.filter((one) => one === state).length }))
}

/** A finished run is in the state of its conclusion. */
function runState({ status, conclusion }: CheckRun): string {
  return status === 'COMPLETED' ? (conclusion ?? status) : status
}

interface EntrySource {
  readonly repository: Repository
  readonly name: string
  readonly path?: string
  readonly oid: string
  readonly type: 'blob' | 'tree' | 'commit'
  readonly mode: number
}

function gitActor(context: Context, person: CommitPerson) {
  return { name: person.name, email: person.email, date: person.date, user: userByEmail(context, person.email) }
}

async function readFile({ repository, data }: CommitSource, args: Arguments, { world }: Context) {
  const path = textArgument(args, 'path') ?? ''
  const entry = await world.objects(slugOf(repository)).entryAt(data.oid, path)
  if (!entry) throw notFound(`Could not resolve file for path '${path}'.`)
  return { ...entry, __typename: 'TreeEntry', repository, name: path.split('/').at(-1), path }
}

/** A `DateTime` is in UTC; only the date of a git actor keeps the zone it was made in. */
export function instant(date: string): string {
  return `${new Date(date).toISOString().slice(0, 19)}Z`
}

function suiteFilter(args: Arguments): (suite: Repository['checkSuites'][number]) => boolean {
  const filter = args.filterBy as { checkName?: string } | undefined
  return (suite) => filter?.checkName === undefined || suite.run.name === filter.checkName
}

function readBlob({ repository, oid }: ObjectSource, { world }: Context): Promise<string> {
  return world.objects(slugOf(repository)).blob(oid)
}

function isBinary(text: string): boolean {
  return text.slice(0, 8000).includes('\u0000')
}
