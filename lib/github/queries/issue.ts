/**
 * Everything that is observed of one issue, in one request: itself, the pull requests that would close
 * it, those whose head is the branch that its work is done on, and the policy where its work starts.
 *
 * Of each of the two kinds of pull request the first open one comes whole: when there is exactly one, it
 * is the one that is decided about, and it must not cost a second request.
 */
import { ACTOR, FORWARD, LINKED_PULL_REQUEST, RATE_LIMIT, REPOSITORY } from './parts.ts'
import { PULL_REQUEST_FIELDS } from './pull-request-fields.ts'

/** Variables: owner, name, number, branch (of the work). */
export const ISSUE_FACTS = `
query IssueFacts($owner: String!, $name: String!, $number: Int!, $branch: String!) {
  viewer { login }
  ${RATE_LIMIT}
  repository(owner: $owner, name: $name) {
    ...RepositoryFields
    base: defaultBranchRef { target { __typename ...PolicyFiles } }
    issue(number: $number) {
      id number url title body state
      author { ...ActorFields }
      assignees(first: 20) {
        totalCount
        pageInfo { ...Forward }
        nodes { login }
      }
      labels(first: 100) {
        totalCount
        pageInfo { ...Forward }
        nodes { name }
      }
      closedByPullRequestsReferences(first: 50, includeClosedPrs: true) {
        totalCount
        pageInfo { ...Forward }
        nodes { ...LinkedPullRequestFields }
      }
      closing: closedByPullRequestsReferences(first: 1) { nodes { ...PullRequestFields } }
    }
    pullRequests(headRefName: $branch, states: [OPEN], first: 20) {
      totalCount
      pageInfo { ...Forward }
      nodes { ...LinkedPullRequestFields }
    }
    ofBranch: pullRequests(headRefName: $branch, states: [OPEN], first: 1) { nodes { ...PullRequestFields } }
  }
}
${REPOSITORY}
${LINKED_PULL_REQUEST}
${PULL_REQUEST_FIELDS}`

/** Variables: id (of the issue), cursor. */
export const CLOSING_PULL_REQUESTS_PAGE = `
query ClosingPullRequestsPage($id: ID!, $cursor: String!) {
  node(id: $id) {
    __typename
    ... on Issue {
      list: closedByPullRequestsReferences(first: 100, includeClosedPrs: true, after: $cursor) {
        totalCount
        pageInfo { ...Forward }
        nodes { ...LinkedPullRequestFields }
      }
    }
  }
}
${ACTOR}
${FORWARD}
${LINKED_PULL_REQUEST}`
