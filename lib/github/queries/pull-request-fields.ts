/**
 * What is asked of one pull request, wherever a query meets it: by its number, or as the one that an issue
 * is worked on in.
 *
 * Lists in which the newest entry matters most (reviews, comments, review requests) are read from their
 * end, so that what a bound cuts off is the oldest.
 */
import {
  ACTOR,
  BACKWARD,
  CHECK_CONTEXT,
  CLOSING_ISSUE,
  COMMENT,
  FORWARD,
  NUMBERED_CHECK_CONTEXT,
  POLICY,
  REVIEW,
  REVIEW_REQUESTED,
  REVIEWER,
  THREAD,
  THREAD_COMMENT,
} from './parts.ts'

/** What is asked in the same way wherever it is; the policy of the base and the threads are not. */
const COMMON = `
fragment PullRequestCommon on PullRequest {
  id number url title body state isDraft mergedAt
  author { ...ActorFields }
  headRefOid headRefName headRepository { nameWithOwner }
  baseRefOid baseRefName
  isCrossRepository maintainerCanModify mergeable mergeStateStatus reviewDecision
  reviewRequests(first: 100) {
    totalCount
    pageInfo { ...Forward }
    nodes { requestedReviewer { ...ReviewerFields } }
  }
  timelineItems(itemTypes: [REVIEW_REQUESTED_EVENT], last: 100) {
    filteredCount
    pageInfo { ...Backward }
    nodes { __typename ...ReviewRequestedFields }
  }
  reviews(last: 100) {
    totalCount
    pageInfo { ...Backward }
    nodes { ...ReviewFields }
  }
  comments(last: 100) {
    totalCount
    pageInfo { ...Backward }
    nodes { ...CommentFields }
  }
  commits(last: 1) {
    totalCount
    nodes {
      commit {
        oid committedDate messageHeadline
        checkSuites(first: 20) { totalCount nodes { status } }
        statusCheckRollup {
          contexts(first: 100) {
            totalCount
            pageInfo { ...Forward }
            nodes { ...CheckContextFields }
          }
        }
      }
    }
  }
  closingIssuesReferences(first: 20) {
    totalCount
    pageInfo { ...Forward }
    nodes { ...ClosingIssueFields }
  }
  labels(first: 100) {
    totalCount
    pageInfo { ...Forward }
    nodes { name }
  }
  files(first: 100) {
    totalCount
    pageInfo { ...Forward }
    nodes { path changeType }
  }
}
${ACTOR}
${REVIEWER}
${FORWARD}
${BACKWARD}
${REVIEW}
${THREAD}
${THREAD_COMMENT}
${COMMENT}
${REVIEW_REQUESTED}
${CLOSING_ISSUE}`

const WHOLE = `
fragment PullRequestFields on PullRequest {
  ...PullRequestCommon
  baseRef { target { __typename ...PolicyFiles } }
  history: commits(last: 100) {
    totalCount
    nodes { commit { oid committedDate author { user { login } } } }
  }
  reviewThreads(first: 100) {
    totalCount
    pageInfo { ...Forward }
    nodes { ...ThreadFields }
  }
}
${COMMON}
${POLICY}`

/** With every fragment that it spreads; a query that spreads it brings none of them itself. */
export const PULL_REQUEST_FIELDS = `${WHOLE}
${CHECK_CONTEXT}`

/**
 * The same, and whether the base branch wants each check. That can only be asked with the pull request's number,
 * which the query must have as its variable `number`; elsewhere it is not known.
 */
export const NUMBERED_PULL_REQUEST_FIELDS = `${WHOLE}
${NUMBERED_CHECK_CONTEXT}`

/**
 * The same for one of many. The comments of the threads are what makes a query dear: one point pays for a
 * hundred threads, however few there are. Few pull requests have more than these; they are asked for whole.
 *
 * The policy is asked for once beside them, because nearly all of them have the same base. Their commits are not
 * asked for: nothing that is decided rests on them.
 */
export const PULL_REQUEST_OF_MANY_FIELDS = `
fragment PullRequestOfManyFields on PullRequest {
  ...PullRequestCommon
  baseRef { target { __typename oid } }
  reviewThreads(first: 20) {
    totalCount
    pageInfo { ...Forward }
    nodes { ...ThreadFields }
  }
}
${COMMON}
${CHECK_CONTEXT}
${POLICY}`
