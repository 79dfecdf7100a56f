/**
 * The small reads: what an effect looks for before it is made and after, whose branch a pull request
 * is, and what a repository and its token allow.
 */
import { ACTOR, POLICY, RATE_LIMIT, REPOSITORY, REVIEWER, THREAD_COMMENT } from './parts.ts'

/** Which branch a pull request's head is; the branch is claimed beside its number. Variables: owner, name, number. */
export const HEAD_BRANCH = `
query HeadBranch($owner: String!, $name: String!, $number: Int!) {
  repository(owner: $owner, name: $name) {
    id nameWithOwner
    pullRequest(number: $number) {
      id number state headRefName headRefOid isCrossRepository
      headRepository { nameWithOwner }
    }
  }
}`

/** What decides whether a pull request was made ready, merged or closed already. Variables: owner, name, number. */
export const PULL_REQUEST_STATE = `
query PullRequestState($owner: String!, $name: String!, $number: Int!) {
  repository(owner: $owner, name: $name) {
    pullRequest(number: $number) {
      id number url state isDraft headRefOid mergedAt
      mergeCommit { oid }
    }
  }
}`

/** The open pull requests whose head is this branch. Variables: owner, name, branch. */
export const OPEN_PULL_REQUESTS_OF_BRANCH = `
query OpenPullRequestsOfBranch($owner: String!, $name: String!, $branch: String!) {
  repository(owner: $owner, name: $name) {
    id nameWithOwner
    defaultBranchRef { name }
    pullRequests(headRefName: $branch, states: [OPEN], first: 50) {
      nodes {
        id number url isDraft headRefOid body
        headRepository { nameWithOwner }
      }
    }
  }
}`

/** Who is asked for a review, and since when. Variables: owner, name, number. */
export const REVIEW_REQUESTS = `
query ReviewRequests($owner: String!, $name: String!, $number: Int!) {
  repository(owner: $owner, name: $name) {
    pullRequest(number: $number) {
      id headRefOid
      reviewRequests(first: 100) { nodes { requestedReviewer { ...ReviewerFields } } }
      reviews(last: 50) { nodes { state author { ...ActorFields } commit { oid } } }
      timelineItems(itemTypes: [REVIEW_REQUESTED_EVENT], last: 20) {
        nodes { __typename ... on ReviewRequestedEvent { createdAt requestedReviewer { ...ReviewerFields } } }
      }
    }
  }
}
${ACTOR}
${REVIEWER}`

/** The node id of a person. Variables: login. */
export const USER_ID = `
query UserId($login: String!) {
  user(login: $login) { id login }
}`

/** One review thread with its newest comments, and what the repository is called now. Variables: owner, name, id. */
export const REVIEW_THREAD = `
query ReviewThread($owner: String!, $name: String!, $id: ID!) {
  viewer { login }
  repository(owner: $owner, name: $name) { nameWithOwner }
  node(id: $id) {
    __typename
    ... on PullRequestReviewThread {
      id isResolved
      pullRequest { number headRefOid repository { nameWithOwner } }
      comments(last: 100) { nodes { ...ThreadCommentFields } }
    }
  }
}
${ACTOR}
${THREAD_COMMENT}`

/** The newest comments of a pull request or issue, where a marked one is looked for. Variables: id, cursor. */
export const COMMENTS_OF = `
query CommentsOf($id: ID!, $cursor: String) {
  viewer { login }
  node(id: $id) {
    __typename
    ... on PullRequest {
      comments(last: 100, before: $cursor) {
        pageInfo { hasPreviousPage startCursor }
        nodes { id url body author { ...ActorFields } }
      }
    }
    ... on Issue {
      comments(last: 100, before: $cursor) {
        pageInfo { hasPreviousPage startCursor }
        nodes { id url body author { ...ActorFields } }
      }
    }
  }
}
${ACTOR}`

/** The node id, title and state of an issue. Variables: owner, name, number. */
export const ISSUE_STATE = `
query IssueState($owner: String!, $name: String!, $number: Int!) {
  repository(owner: $owner, name: $name) {
    issue(number: $number) { id number url title body state }
  }
}`

/** The statuses of one commit under one context. Variables: owner, name, oid, context. */
export const STATUS_OF_COMMIT = `
query StatusOfCommit($owner: String!, $name: String!, $oid: GitObjectID!, $context: String!) {
  viewer { login }
  repository(owner: $owner, name: $name) {
    object(oid: $oid) {
      __typename
      ... on Commit {
        status { context(name: $context) { state description targetUrl creator { ...ActorFields } } }
      }
    }
  }
}
${ACTOR}`

/** What the token may do here and what the repository says of policy. Variables: owner, name. */
export const REPOSITORY_FACTS = `
query RepositoryFacts($owner: String!, $name: String!) {
  viewer { login }
  ${RATE_LIMIT}
  repository(owner: $owner, name: $name) {
    ...RepositoryFields
    isArchived hasIssuesEnabled mergeCommitAllowed squashMergeAllowed rebaseMergeAllowed
    base: defaultBranchRef { target { __typename ...PolicyFiles } }
  }
}
${POLICY}
${REPOSITORY}`

/** Whose token this is. No variables. */
export const VIEWER = `
query Viewer {
  viewer { login }
}`
