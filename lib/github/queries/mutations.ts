/**
 * The writes. Every one answers with what recovery and the caller want to see, so that no second read
 * is needed to report it.
 */

/** Variables: repositoryId, base, head, title, body. */
export const CREATE_PULL_REQUEST = `
mutation CreatePullRequest($repositoryId: ID!, $base: String!, $head: String!, $title: String!, $body: String!) {
  createPullRequest(
    input: { repositoryId: $repositoryId, baseRefName: $base, headRefName: $head, title: $title, body: $body, draft: true }
  ) {
    pullRequest { id number url isDraft headRefOid }
  }
}`

/** Variables: id. */
export const MARK_READY = `
mutation MarkReady($id: ID!) {
  markPullRequestReadyForReview(input: { pullRequestId: $id }) {
    pullRequest { id number isDraft headRefOid }
  }
}`

/** Refused by GitHub when the head is not `head` any more. Variables: id, head, mergeMethod. */
export const MERGE_PULL_REQUEST = `
mutation MergePullRequest($id: ID!, $head: GitObjectID!, $mergeMethod: PullRequestMergeMethod!) {
  mergePullRequest(input: { pullRequestId: $id, expectedHeadOid: $head, mergeMethod: $mergeMethod }) {
    pullRequest { id number state mergedAt mergeCommit { oid } }
  }
}`

/** Adds people to those already asked. Variables: id, userIds. */
export const REQUEST_REVIEWS = `
mutation RequestReviews($id: ID!, $userIds: [ID!]!) {
  requestReviews(input: { pullRequestId: $id, userIds: $userIds, union: true }) {
    pullRequest { id number }
  }
}`

/** Variables: threadId, body. */
export const REPLY_TO_THREAD = `
mutation ReplyToThread($threadId: ID!, $body: String!) {
  addPullRequestReviewThreadReply(input: { pullRequestReviewThreadId: $threadId, body: $body }) {
    comment { id url }
  }
}`

/** Variables: id. */
export const DELETE_THREAD_COMMENT = `
mutation DeleteThreadComment($id: ID!) {
  deletePullRequestReviewComment(input: { id: $id }) {
    clientMutationId
  }
}`

/** Variables: threadId. */
export const RESOLVE_THREAD = `
mutation ResolveThread($threadId: ID!) {
  resolveReviewThread(input: { threadId: $threadId }) {
    thread { id isResolved }
  }
}`

/** Variables: subjectId, body. */
export const ADD_COMMENT = `
mutation AddComment($subjectId: ID!, $body: String!) {
  addComment(input: { subjectId: $subjectId, body: $body }) {
    commentEdge { node { id url } }
  }
}`

/** Variables: id, body. */
export const UPDATE_COMMENT = `
mutation UpdateComment($id: ID!, $body: String!) {
  updateIssueComment(input: { id: $id, body: $body }) {
    issueComment { id url }
  }
}`

/** Variables: id. */
export const DELETE_COMMENT = `
mutation DeleteComment($id: ID!) {
  deleteIssueComment(input: { id: $id }) {
    clientMutationId
  }
}`

/** Variables: id. */
export const CLOSE_ISSUE = `
mutation CloseIssue($id: ID!) {
  closeIssue(input: { issueId: $id, stateReason: COMPLETED }) {
    issue { id number state }
  }
}`
