/**
 * All open pull requests of a repository, some at a time.
 *
 * In the order in which they were made: a cursor then names a place that stays when others are closed or
 * changed between two pages.
 */
import { FORWARD, RATE_LIMIT, REPOSITORY } from './parts.ts'
import { PULL_REQUEST_FIELDS, PULL_REQUEST_OF_MANY_FIELDS } from './pull-request-fields.ts'

/** Variables: owner, name, first (at most 50), cursor (null for the first page). */
export const OPEN_PULL_REQUESTS = `
query OpenPullRequests($owner: String!, $name: String!, $first: Int!, $cursor: String) {
  viewer { login }
  ${RATE_LIMIT}
  repository(owner: $owner, name: $name) {
    ...RepositoryFields
    base: defaultBranchRef { target { __typename ...PolicyFiles } }
    list: pullRequests(states: [OPEN], first: $first, after: $cursor, orderBy: { field: CREATED_AT, direction: ASC }) {
      totalCount
      pageInfo { ...Forward }
      nodes { ...PullRequestOfManyFields }
    }
  }
}
${REPOSITORY}
${PULL_REQUEST_OF_MANY_FIELDS}`

/** Whole, those that are named. Variables: owner, name, ids (at most 50). */
export const PULL_REQUESTS_BY_ID = `
query PullRequestsById($owner: String!, $name: String!, $ids: [ID!]!) {
  viewer { login }
  ${RATE_LIMIT}
  repository(owner: $owner, name: $name) { ...RepositoryFields }
  nodes(ids: $ids) { __typename ...PullRequestFields }
}
${REPOSITORY}
${PULL_REQUEST_FIELDS}`

/**
 * What tells whether anything moved. A thread that is resolved does not change \`updatedAt\`, nor does a
 * check, the base, or GitHub's word on merging, so each of these is asked for itself.
 *
 * Variables: owner, name, first (at most 100), cursor (null for the first page).
 */
export const OPEN_PULL_REQUESTS_LIGHT = `
query OpenPullRequestsLight($owner: String!, $name: String!, $first: Int!, $cursor: String) {
  ${RATE_LIMIT}
  repository(owner: $owner, name: $name) {
    list: pullRequests(states: [OPEN], first: $first, after: $cursor, orderBy: { field: CREATED_AT, direction: ASC }) {
      totalCount
      pageInfo { ...Forward }
      nodes {
        id number updatedAt isDraft
        headRefOid baseRefName baseRef { target { oid } }
        mergeable mergeStateStatus reviewDecision
        reviewThreads(first: 100) { totalCount nodes { isResolved isOutdated } }
        commits(last: 1) {
          nodes {
            commit {
              oid
              checkSuites(first: 20) { totalCount nodes { status } }
              statusCheckRollup {
                state
                contexts(first: 1) {
                  totalCount
                  checkRunCountsByState { state count }
                  statusContextCountsByState { state count }
                }
              }
            }
          }
        }
      }
    }
  }
}
${FORWARD}`
