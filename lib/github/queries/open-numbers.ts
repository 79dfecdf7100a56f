/**
 * Which numbers of a repository are open, for whoever wants to know what is over. Variables: owner, name,
 * cursor (null for the first page).
 */
export const OPEN_ISSUE_NUMBERS = `
query OpenIssueNumbers($owner: String!, $name: String!, $cursor: String) {
  repository(owner: $owner, name: $name) {
    list: issues(states: [OPEN], first: 100, after: $cursor, orderBy: { field: CREATED_AT, direction: ASC }) {
      pageInfo { hasNextPage endCursor }
      nodes { number }
    }
  }
}`

export const OPEN_PULL_REQUEST_NUMBERS = `
query OpenPullRequestNumbers($owner: String!, $name: String!, $cursor: String) {
  repository(owner: $owner, name: $name) {
    list: pullRequests(states: [OPEN], first: 100, after: $cursor, orderBy: { field: CREATED_AT, direction: ASC }) {
      pageInfo { hasNextPage endCursor }
      nodes { number }
    }
  }
}`
