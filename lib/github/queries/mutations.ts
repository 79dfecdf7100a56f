/**
 * The writes. Every one answers with what recovery and the caller want to see, so that no second read
 * is needed to report it. All but the removals of our own duplicates carry their idempotency key as
 * clientMutationId: GitHub hands it back, and whoever keeps a log of writes can count them by it.
 */

/** Variables: key, repositoryId, base, head, title, body. */
export const CREATE_PULL_REQUEST = `
mutation CreatePullRequest($key: String!, $repositoryId: ID!, $base: String!, $head: String!, $title: String!, $body: String!) {
  createPullRequest(
    input: {
      clientMutationId: $key
      repositoryId: $repositoryId
      baseRefName: $base
      headRefName: $head
      title: $title
      body: $body
      draft: true
    }
  ) {
    pullRequest { id number url isDraft headRefOid }
  }
}`

/** Variables: key, id. */
export const MARK_READY = `
mutation MarkReady($key: String!, $id: ID!) {
  markPullRequestReadyForReview(input: { clientMutationId: $key, pullRequestId: $id }) {
    pullRequest { id number isDraft headRefOid }
  }
}`

/** Refused by GitHub when the head is not `head` any more. Variables: key, id, head, mergeMethod. */
export const MERGE_PULL_REQUEST = `
mutation MergePullRequest($key: String!, $id: ID!, $head: GitObjectID!, $mergeMethod: PullRequestMergeMethod!) {
  mergePullRequest(input: { clientMutationId: $key, pullRequestId: $id, expectedHeadOid: $head, mergeMethod: $mergeMethod }) {
    pullRequest { id number state mergedAt mergeCommit { oid } }
  }
}`

/** Adds people to those already asked. Variables: key, id, userIds. */
export const REQUEST_REVIEWS = `
mutation RequestReviews($key: String!, $id: ID!, $userIds: [ID!]!) {
  requestReviews(input: { clientMutationId: $key, pullRequestId: $id, userIds: $userIds, union: true }) {
    pullRequest { id number }
  }
}`

/** Variables: key, threadId, body. */
export const REPLY_TO_THREAD = `
mutation ReplyToThread($key: String!, $threadId: ID!, $body: String!) {
  addPullRequestReviewThreadReply(input: { clientMutationId: $key, pullRequestReviewThreadId: $threadId, body: $body }) {
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

/** Variables: key, threadId. */
export const RESOLVE_THREAD = `
mutation ResolveThread($key: String!, $threadId: ID!) {
  resolveReviewThread(input: { clientMutationId: $key, threadId: $threadId }) {
    thread { id isResolved }
  }
}`

/** Variables: key, subjectId, body. */
export const ADD_COMMENT = `
mutation AddComment($key: String!, $subjectId: ID!, $body: String!) {
  addComment(input: { clientMutationId: $key, subjectId: $subjectId, body: $body }) {
    commentEdge { node { id url } }
  }
}`

/** Variables: key, id, body. */
export const UPDATE_COMMENT = `
mutation UpdateComment($key: String!, $id: ID!, $body: String!) {
  updateIssueComment(input: { clientMutationId: $key, id: $id, body: $body }) {
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

/** Variables: key, id. */
export const CLOSE_ISSUE = `
mutation CloseIssue($key: String!, $id: ID!) {
  closeIssue(input: { clientMutationId: $key, issueId: $id, stateReason: COMPLETED }) {
    issue { id number state }
  }
}`
