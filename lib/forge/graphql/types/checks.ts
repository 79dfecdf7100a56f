/** Check suites, check runs and commit statuses. */
import { protectionOf } from '../../actions/mergeability.ts'
import type { CheckSuite, Repository } from '../../state/model.ts'
import { nodeId } from '../../state/node-id.ts'
import { slugOf } from '../../world.ts'
import { connect } from '../connection.ts'
import type { Context } from '../context.ts'
import type { Arguments, Fields } from '../resolve.ts'
import {
  actorSource,
  type CheckRunSource,
  type CheckSuiteSource,
  pullSource,
  repositorySource,
  type StatusContextSource,
} from '../sources.ts'
import { readCommit } from './reads.ts'

interface AppSource {
  readonly __typename: 'App'
  readonly slug: string
}

export const checks = {
  CheckSuite: {
    id: ({ repository, suite }) => nodeId('CheckSuite', repository.id, suite.id),
    databaseId: ({ suite }) => suite.id,
    status: ({ suite }) => suite.run.status,
    conclusion: ({ suite }) => suite.run.conclusion,
    createdAt: ({ suite }) => suite.createdAt,
    updatedAt: ({ suite }) => suite.updatedAt,
    url: ({ repository, suite }, _args, context) => suiteUrl(context, repository, suite),
    app: ({ suite }) => ({ __typename: 'App', slug: suite.app }),
    repository: ({ repository }) => repositorySource(repository),
    commit: ({ repository, suite }, _args, context) => readCommit(context, repository, suite.oid),
    workflowRun: () => null,
    checkRuns: ({ repository, suite }, args) => {
      const toNode = (): CheckRunSource => ({ __typename: 'CheckRun', repository, suite })
      return connect([suite.run], args, { keyOf: (run) => run.id, toNode })
    },
    matchingPullRequests: ({ repository, suite }, args) => {
      const pulls = repository.pulls.filter((pull) => pull.headOid === suite.oid)
      return connect(pulls, args, { keyOf: (one) => one.id, toNode: (one) => pullSource(repository, one) })
    },
  } satisfies Fields<CheckSuiteSource>,

  CheckRun: {
    id: ({ repository, suite }) => nodeId('CheckRun', repository.id, suite.run.id),
    databaseId: ({ suite }) => suite.run.id,
    name: ({ suite }) => suite.run.name,
    status: ({ suite }) => suite.run.status,
    conclusion: ({ suite }) => suite.run.conclusion,
    startedAt: ({ suite }) => suite.run.startedAt,
    completedAt: ({ suite }) => suite.run.completedAt,
    title: ({ suite }) => suite.run.title,
    summary: ({ suite }) => suite.run.summary,
    text: ({ suite }) => suite.run.text,
    externalId: () => null,
    detailsUrl: ({ repository, suite }, _args, context) => suiteUrl(context, repository, suite),
    url: ({ repository, suite }, _args, context) => suiteUrl(context, repository, suite),
    permalink: ({ repository, suite }, _args, context) => suiteUrl(context, repository, suite),
    isRequired: ({ repository, suite }, args) => isRequired(repository, suite.run.name, args),
    repository: ({ repository }) => repositorySource(repository),
    checkSuite: ({ repository, suite }) => ({ __typename: 'CheckSuite', repository, suite }),
  } satisfies Fields<CheckRunSource>,

  StatusContext: {
    id: ({ repository, status }) => nodeId('StatusContext', repository.id, status.id),
    context: ({ status }) => status.context,
    state: ({ status }) => status.state,
    description: ({ status }) => status.description,
    targetUrl: ({ status }) => status.targetUrl,
    createdAt: ({ status }) => status.createdAt,
    creator: ({ status }, _args, context) => actorSource(context, status.creator),
    commit: ({ repository, status }, _args, context) => readCommit(context, repository, status.oid),
    isRequired: ({ repository, status }, args) => isRequired(repository, status.context, args),
  } satisfies Fields<StatusContextSource>,

  App: {
    id: ({ slug }) => nodeId('App', slug),
    slug: ({ slug }) => slug,
    name: ({ slug }) => slug,
    description: () => null,
    url: ({ slug }, _args, { world }) => `${world.origin}/apps/${slug}`,
  } satisfies Fields<AppSource>,
}

function suiteUrl({ world }: Context, repository: Repository, suite: CheckSuite): string {
  return `${world.origin}/${slugOf(repository)}/runs/${suite.run.id}`
}

function isRequired(repository: Repository, name: string, args: Arguments): boolean {
  const pull = repository.pulls.find((one) => {
    return one.number === args.pullRequestNumber || nodeId('PullRequest', one.id) === args.pullRequestId
  })
  return pull ? (protectionOf(repository, pull.baseRef)?.requiredChecks.includes(name) ?? false) : false
}
