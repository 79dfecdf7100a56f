/** Writes that concern a pull request as a whole. */
import { MERGE_METHODS, mergePull, updateBranch } from '../../actions/merge.ts'
import { closeIssue, closePull, note, openPull, reopenPull, setDraft } from '../../actions/pulls.ts'
import { bareFolder, tryGit } from '../../git/bare.ts'
import { mayDo } from '../../state/find.ts'
import { nodeId } from '../../state/node-id.ts'
import { slugOf } from '../../world.ts'
import type { Context } from '../context.ts'
import { forbidden, unprocessable } from '../errors.ts'
import { type Fields, listArgument, textArgument } from '../resolve.ts'
import { accountSource, type PullSource, pullSource, subjectOf } from '../sources.ts'
import { demand, inputOf, nodeOf, subjectNode, textOf } from './find.ts'

export const pullMutations: Fields<unknown> = {
  createPullRequest: async (_source, args, context) => {
    const input = inputOf(args)
    const { repository } = await nodeOf(context, 'Repository', input.repositoryId)
    const head =
      typeof input.headRepositoryId === 'string' ? await nodeOf(context, 'Repository', input.headRepositoryId) : null
    const headRepository = head?.repository ?? repository
    // A stranger may propose what is on a branch that it can push to.
    if (!mayDo(headRepository, context.viewer.login, 'WRITE'))
      throw forbidden(context.viewer.login, 'CreatePullRequest')

    const wish = {
      title: textOf(input, 'title'),
      body: textOf(input, 'body'),
      baseRef: textOf(input, 'baseRefName').replace(/^refs\/heads\//, ''),
      headRepository,
      headRef: textOf(input, 'headRefName').replace(/^refs\/heads\//, ''),
      draft: input.draft === true,
      maintainerCanModify: input.maintainerCanModify !== false,
    }
    const refs = await context.refs(repository)
    const pull = await openPull(context.world, wish, { repository, refs, author: context.viewer })
    return { pullRequest: pullSource(repository, pull) }
  },

  updatePullRequest: async (_source, args, context) => {
    const input = inputOf(args)
    const source = await own(context, input.pullRequestId, 'UpdatePullRequest')
    const { pull, repository } = source
    const title = textArgument(input, 'title')
    const body = textArgument(input, 'body')
    const base = textArgument(input, 'baseRefName')
    if (title === '') throw unprocessable("Title can't be blank")
    if (title !== null) pull.title = title
    if (body !== null) pull.body = body
    if (base !== null) pull.baseRef = base
    if (input.state === 'CLOSED') closePull(context.world, pull, context.viewer)
    if (input.state === 'OPEN' && pull.state !== 'OPEN') {
      reopenPull(context.world, pull, { refs: await context.refs(repository), actor: context.viewer })
    }
    pull.updatedAt = context.world.now()
    return { pullRequest: source, actor: accountSource(context.viewer) }
  },

  markPullRequestReadyForReview: async (_source, args, context) => {
    const source = await own(context, inputOf(args).pullRequestId, 'MarkPullRequestReadyForReview')
    setDraft(context.world, source.pull, { draft: false, actor: context.viewer })
    return { pullRequest: source }
  },

  convertPullRequestToDraft: async (_source, args, context) => {
    const source = await own(context, inputOf(args).pullRequestId, 'ConvertPullRequestToDraft')
    setDraft(context.world, source.pull, { draft: true, actor: context.viewer })
    return { pullRequest: source }
  },

  closePullRequest: async (_source, args, context) => {
    const source = await own(context, inputOf(args).pullRequestId, 'ClosePullRequest')
    closePull(context.world, source.pull, context.viewer)
    return { pullRequest: source }
  },

  reopenPullRequest: async (_source, args, context) => {
    const source = await own(context, inputOf(args).pullRequestId, 'ReopenPullRequest')
    reopenPull(context.world, source.pull, { refs: await context.refs(source.repository), actor: context.viewer })
    return { pullRequest: source }
  },

  mergePullRequest: async (_source, args, context) => {
    const input = inputOf(args)
    const source = await nodeOf(context, 'PullRequest', input.pullRequestId)
    const { repository, pull } = source
    demand(context, repository, { least: 'WRITE', call: 'MergePullRequest' })
    const wish = {
      method: MERGE_METHODS.find((one) => one === input.mergeMethod) ?? 'MERGE',
      expectedHeadOid: textArgument(input, 'expectedHeadOid'),
      headline: textArgument(input, 'commitHeadline'),
      body: textArgument(input, 'commitBody'),
    }
    // Two merges of one base would both start from the same tip; the second waits and sees the first.
    await context.world.oneAtATime(`merge ${repository.id}`, async () => {
      context.forget(repository)
      const refs = await context.refs(repository)
      await mergePull(context.world, wish, { repository, pull, refs, actor: context.viewer })
      context.forget(repository)
    })
    return { pullRequest: source, actor: accountSource(context.viewer) }
  },

  updatePullRequestBranch: async (_source, args, context) => {
    const input = inputOf(args)
    const source = await nodeOf(context, 'PullRequest', input.pullRequestId)
    const { repository, pull } = source
    demand(context, repository, { least: 'WRITE', call: 'UpdatePullRequestBranch' })
    const place = { repository, pull, refs: await context.refs(repository), actor: context.viewer }
    await updateBranch(context.world, place, textArgument(input, 'expectedHeadOid'))
    context.forget(repository)
    await context.refs(repository)
    return { pullRequest: source }
  },

  closeIssue: async (_source, args, context) => {
    const input = inputOf(args)
    const source = await nodeOf(context, 'Issue', input.issueId)
    demand(context, source.repository, { least: 'TRIAGE', call: 'CloseIssue', or: [source.issue.author] })
    const reason = input.stateReason === 'NOT_PLANNED' ? 'NOT_PLANNED' : 'COMPLETED'
    closeIssue(context.world, source.issue, { actor: context.viewer, reason })
    return { issue: source }
  },

  addLabelsToLabelable: async (_source, args, context) => {
    const input = inputOf(args)
    const source = await subjectNode(context, input.labelableId)
    demand(context, source.repository, { least: 'TRIAGE', call: 'AddLabelsToLabelable' })
    const about = subjectOf(source)
    for (const id of listArgument(input, 'labelIds') ?? []) {
      const label = source.repository.labels.find((one) => nodeId('Label', source.repository.id, one.id) === id)
      if (!label) throw unprocessable(`Could not resolve to a node with the global id of '${id}'.`)
      if (about.labels.includes(label.name)) continue
      about.labels.push(label.name)
      note(context.world, about, { type: 'LabeledEvent', actor: context.viewer.login, label: label.name })
    }
    return { labelable: source }
  },

  deleteRef: async (_source, args, context) => {
    const { repository, name, oid } = await nodeOf(context, 'Ref', inputOf(args).refId)
    demand(context, repository, { least: 'WRITE', call: 'DeleteRef' })
    if (name === `refs/heads/${repository.defaultBranch}`) throw unprocessable('Cannot delete the default branch')
    const gitDir = bareFolder(context.world.folder, slugOf(repository).toLowerCase())
    const deleted = await tryGit(gitDir, ['update-ref', '-d', name, oid])
    if (deleted.exitCode !== 0) throw unprocessable('Reference does not exist')
    context.forget(repository)
    return {}
  },
}

/** The author of a pull request may change it, and whoever may write to the repository. */
async function own(context: Context, id: unknown, call: string): Promise<PullSource> {
  const source = await nodeOf(context, 'PullRequest', id)
  demand(context, source.repository, { least: 'WRITE', call, or: [source.pull.author] })
  return source
}
