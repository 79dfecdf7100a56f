/** A pull request: what GitHub says of it, field by field. */
import { closedBy } from '../../actions/links.ts'
import { latestOpinions, reviewDecision } from '../../actions/mergeability.ts'
import { contextsOf } from '../../actions/rollup.ts'
import { findIssue, findRepository, mayDo } from '../../state/find.ts'
import type { Pull, Repository, Review, ReviewRequest } from '../../state/model.ts'
import { nodeId } from '../../state/node-id.ts'
import { slugOf } from '../../world.ts'
import { connect } from '../connection.ts'
import type { Context } from '../context.ts'
import { type Fields, listArgument, textArgument } from '../resolve.ts'
import {
  actorSource,
  commitSource,
  issueSource,
  type PullSource,
  repositorySource,
  reviewSource,
  threadSource,
} from '../sources.ts'
import { subjectFields } from './conversation.ts'
import { isSubmitted, readCommit, visibleReviews } from './reads.ts'
import { findRef } from './repository.ts'

export const pullRequest = {
  PullRequest: {
    ...subjectFields,
    id: ({ pull }) => nodeId('PullRequest', pull.id),
    url: ({ repository, pull }, _args, { world }) => `${world.origin}/${slugOf(repository)}/pull/${pull.number}`,
    permalink: ({ repository, pull }, _args, { world }) => `${world.origin}/${slugOf(repository)}/pull/${pull.number}`,
    resourcePath: ({ repository, pull }) => `/${slugOf(repository)}/pull/${pull.number}`,
    state: ({ pull }) => pull.state,
    closed: ({ pull }) => pull.state !== 'OPEN',
    isDraft: ({ pull }) => pull.draft,
    merged: ({ pull }) => pull.state === 'MERGED',
    mergedAt: ({ pull }) => pull.mergedAt,
    mergedBy: ({ pull }, _args, context) => actorSource(context, pull.mergedBy),
    mergeCommit: (source, _args, context) => readCommit(context, source.repository, source.pull.mergeCommitOid),
    autoMergeRequest: () => null,
    isInMergeQueue: () => false,
    isMergeQueueEnabled: () => false,
    mergeQueueEntry: () => null,

    headRefOid: ({ pull }) => pull.headOid,
    headRefName: ({ pull }) => pull.headRef,
    headRef: async ({ pull, repository }, _args, context) => {
      const head = findRepository(context.state, pull.headRepository) ?? repository
      return findRef(context, head, `refs/heads/${pull.headRef}`)
    },
    headRepository: ({ pull }, _args, context) => {
      const head = findRepository(context.state, pull.headRepository)
      return head && repositorySource(head)
    },
    headRepositoryOwner: ({ pull }, _args, context) => actorSource(context, pull.headRepository.split('/')[0]),
    isCrossRepository: ({ pull, repository }) => pull.headRepository !== slugOf(repository),
    maintainerCanModify: ({ pull }) => pull.maintainerCanModify,
    baseRefName: ({ pull }) => pull.baseRef,
    baseRefOid: ({ pull }) => pull.baseOid,
    baseRef: ({ pull, repository }, _args, context) => findRef(context, repository, `refs/heads/${pull.baseRef}`),
    baseRepository: ({ repository }) => repositorySource(repository),

    mergeable: async ({ repository, pull }, _args, context) => (await context.mergeability(repository, pull)).mergeable,
    mergeStateStatus: async ({ repository, pull }, _args, context) => {
      return (await context.mergeability(repository, pull)).mergeStateStatus
    },
    reviewDecision: ({ repository, pull }) => reviewDecision(repository, pull),
    viewerCanUpdate: ({ repository, pull }, _args, { viewer }) => {
      return pull.author === viewer.login || mayDo(repository, viewer.login, 'WRITE')
    },
    viewerCanUpdateBranch: ({ repository }, _args, { viewer }) => mayDo(repository, viewer.login, 'WRITE'),
    viewerCanMergeAsAdmin: ({ repository }, _args, { viewer }) => mayDo(repository, viewer.login, 'ADMIN'),

    additions: async (source, _args, context) => sum(await readFiles(context, source), 'additions'),
    deletions: async (source, _args, context) => sum(await readFiles(context, source), 'deletions'),
    changedFiles: async (source, _args, context) => (await readFiles(context, source)).length,
    files: async (source, args, context) => {
      const files = await readFiles(context, source)
      const toNode = ({ previousPath: _path, ...file }: (typeof files)[number]) => ({
        ...file,
        viewerViewedState: 'UNVIEWED',
      })
      return connect(files, args, { keyOf: (file) => file.path, toNode })
    },
    commits: async (source, args, context) => {
      const { repository, pull } = source
      const commits = await readCommits(context, source)
      return connect(commits, args, {
        keyOf: (one) => one.oid,
        toNode: (one) => ({
          id: nodeId('PullRequestCommit', pull.id, one.oid),
          commit: commitSource(repository, one),
          pullRequest: source,
          url: `${context.world.origin}/${slugOf(repository)}/pull/${pull.number}/commits/${one.oid}`,
        }),
      })
    },
    statusCheckRollup: async ({ repository, pull }, _args, context) => {
      if (contextsOf(repository, pull.headOid).length === 0) return null
      const commit = await readCommit(context, repository, pull.headOid)
      return commit && { __typename: 'StatusCheckRollup', commit }
    },

    reviewRequests: (source, args, context) => {
      const toNode = (request: ReviewRequest) => ({
        id: nodeId('ReviewRequest', source.pull.id, request.id),
        databaseId: request.id,
        asCodeOwner: false,
        pullRequest: source,
        requestedReviewer: actorSource(context, request.login),
      })
      return connect(source.pull.reviewRequests, args, { keyOf: (one) => one.id, toNode })
    },
    reviews: (source, args, { viewer }) => {
      const states = listArgument(args, 'states')
      const author = textArgument(args, 'author')
      const reviews = visibleReviews(source.pull, viewer.login).filter((review) => {
        return (!states || states.includes(review.state)) && (author === null || review.author === author)
      })
      return connect(reviews, args, reviewNodes(source))
    },
    latestReviews: (source, args) => {
      const latest = new Map(source.pull.reviews.filter(isSubmitted).map((review) => [review.author, review]))
      return connect([...latest.values()], args, reviewNodes(source))
    },
    latestOpinionatedReviews: (source, args) => connect(latestOpinions(source.pull), args, reviewNodes(source)),
    reviewThreads: (source, args, { viewer }) => {
      const visible = new Set(visibleReviews(source.pull, viewer.login).map((review) => review.id))
      const threads = source.pull.threads.filter((thread) => visible.has(thread.comments[0]?.reviewId ?? 0))
      return connect(threads, args, { keyOf: (one) => one.id, toNode: (one) => threadSource(source, one) })
    },
    totalCommentsCount: ({ pull }) => {
      return pull.comments.length + pull.threads.reduce((count, thread) => count + thread.comments.length, 0)
    },
    closingIssuesReferences: ({ repository, pull }, args) => {
      const issues = closingIssues(repository, pull)
      return connect(issues, args, { keyOf: (one) => one.id, toNode: (one) => issueSource(repository, one) })
    },
  } satisfies Fields<PullSource>,
}

/** GitHub links by keyword only where merging would close: into the default branch. */
function closingIssues(repository: Repository, pull: Pull) {
  if (pull.baseRef !== repository.defaultBranch) return []
  const numbers = closedBy(pull.body, slugOf(repository))
  return numbers.map((number) => findIssue(repository, number)).filter((issue) => issue !== null)
}

function reviewNodes(source: PullSource) {
  return { keyOf: (review: Review) => review.id, toNode: (review: Review) => reviewSource(source, review) }
}

export async function readCommits(context: Context, { repository, pull }: PullSource) {
  return context.world.objects(slugOf(repository)).commits(await comparedBase(context, repository, pull), pull.headOid)
}

export async function readFiles(context: Context, { repository, pull }: PullSource) {
  return context.world.objects(slugOf(repository)).files(await comparedBase(context, repository, pull), pull.headOid)
}

/** While it is open a pull request is compared with the tip of its base, afterwards with what the tip was. */
async function comparedBase(context: Context, repository: Repository, pull: Pull): Promise<string> {
  if (pull.state !== 'OPEN') return pull.baseOid
  return (await context.refs(repository)).get(`refs/heads/${pull.baseRef}`) ?? pull.baseOid
}

function sum<Key extends string>(files: readonly Record<Key, number>[], key: Key): number {
  return files.reduce((total, file) => total + file[key], 0)
}
