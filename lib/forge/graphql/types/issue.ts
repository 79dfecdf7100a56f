/** An issue, and the pull requests that say they close it. */
import { closedBy } from '../../actions/links.ts'
import type { Issue, Repository } from '../../state/model.ts'
import { nodeId } from '../../state/node-id.ts'
import { slugOf } from '../../world.ts'
import { connect } from '../connection.ts'
import type { Fields } from '../resolve.ts'
import { type IssueSource, pullSource } from '../sources.ts'
import { subjectFields } from './conversation.ts'

export const issues = {
  Issue: {
    ...subjectFields,
    id: ({ issue }) => nodeId('Issue', issue.id),
    url: ({ repository, issue }, _args, { world }) => `${world.origin}/${slugOf(repository)}/issues/${issue.number}`,
    resourcePath: ({ repository, issue }) => `/${slugOf(repository)}/issues/${issue.number}`,
    state: ({ issue }) => issue.state,
    stateReason: ({ issue }) => issue.stateReason,
    closed: ({ issue }) => issue.state === 'CLOSED',
    parent: () => null,
    closedByPullRequestsReferences: async ({ repository, issue }, args, context) => {
      await context.refs(repository)
      const closing = closingPulls(repository, issue).filter(
        (pull) => args.includeClosedPrs === true || pull.state === 'OPEN',
      )
      return connect(closing, args, { keyOf: (one) => one.id, toNode: (one) => pullSource(repository, one) })
    },
  } satisfies Fields<IssueSource>,
}

function closingPulls(repository: Repository, issue: Issue) {
  return repository.pulls.filter((pull) => {
    const closes = closedBy(pull.body, slugOf(repository)).includes(issue.number)
    return closes && pull.baseRef === repository.defaultBranch
  })
}
