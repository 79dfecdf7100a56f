/**
 * The further pages of a pull request's lists, asked for only where a list is longer than its first page.
 *
 * Each goes on in the direction in which the first page was read. The pages of check contexts name the
 * commit itself: a page of another head cannot slip in when somebody pushes in between.
 */
import {
  ACTOR,
  BACKWARD,
  CHECK_CONTEXT,
  CLOSING_ISSUE,
  COMMENT,
  FORWARD,
  REVIEW,
  REVIEW_REQUESTED,
  REVIEWER,
  THREAD,
  THREAD_COMMENT,
} from './parts.ts'

/** Variables of each page: id (of the pull request), cursor. */
export const REVIEW_REQUESTS_PAGE = `
query ReviewRequestsPage($id: ID!, $cursor: String!) {
  node(id: $id) {
    __typename
    ... on PullRequest {
      list: reviewRequests(first: 100, after: $cursor) {
        totalCount
        pageInfo { ...Forward }
        nodes { requestedReviewer { ...ReviewerFields } }
      }
    }
  }
}
${REVIEWER}
${FORWARD}`

export const REVIEW_REQUEST_EVENTS_PAGE = `
query ReviewRequestEventsPage($id: ID!, $cursor: String!) {
  node(id: $id) {
    __typename
    ... on PullRequest {
      list: timelineItems(itemTypes: [REVIEW_REQUESTED_EVENT], last: 100, before: $cursor) {
        filteredCount
        pageInfo { ...Backward }
        nodes { __typename ...ReviewRequestedFields }
      }
    }
  }
}
${REVIEWER}
${REVIEW_REQUESTED}
${BACKWARD}`

export const REVIEWS_PAGE = `
query ReviewsPage($id: ID!, $cursor: String!) {
  node(id: $id) {
    __typename
    ... on PullRequest {
      list: reviews(last: 100, before: $cursor) {
        totalCount
        pageInfo { ...Backward }
        nodes { ...ReviewFields }
      }
    }
  }
}
${ACTOR}
${REVIEW}
${BACKWARD}`

export const REVIEW_THREADS_PAGE = `
query ReviewThreadsPage($id: ID!, $cursor: String!) {
  node(id: $id) {
    __typename
    ... on PullRequest {
      list: reviewThreads(first: 100, after: $cursor) {
        totalCount
        pageInfo { ...Forward }
        nodes { ...ThreadFields }
      }
    }
  }
}
${ACTOR}
${FORWARD}
${THREAD}
${THREAD_COMMENT}`

/** Variables: id (of the thread), cursor. */
export const THREAD_COMMENTS_PAGE = `
query ThreadCommentsPage($id: ID!, $cursor: String!) {
  node(id: $id) {
    __typename
    ... on PullRequestReviewThread {
      list: comments(first: 100, after: $cursor) {
        totalCount
        pageInfo { ...Forward }
        nodes { ...ThreadCommentFields }
      }
    }
  }
}
${ACTOR}
${THREAD_COMMENT}
${FORWARD}`

export const COMMENTS_PAGE = `
query CommentsPage($id: ID!, $cursor: String!) {
  node(id: $id) {
    __typename
    ... on PullRequest {
      list: comments(last: 100, before: $cursor) {
        totalCount
        pageInfo { ...Backward }
        nodes { ...CommentFields }
      }
    }
  }
}
${ACTOR}
${COMMENT}
${BACKWARD}`

/** Variables: owner, name, oid (of the head commit), cursor. */
export const CHECK_CONTEXTS_PAGE = `
query CheckContextsPage($owner: String!, $name: String!, $oid: GitObjectID!, $cursor: String!) {
  repository(owner: $owner, name: $name) {
    object(oid: $oid) {
      __typename
      ... on Commit {
        statusCheckRollup {
          list: contexts(first: 100, after: $cursor) {
            totalCount
            pageInfo { ...Forward }
            nodes { ...CheckContextFields }
          }
        }
      }
    }
  }
}
${ACTOR}
${CHECK_CONTEXT}
${FORWARD}`

export const CLOSING_ISSUES_PAGE = `
query ClosingIssuesPage($id: ID!, $cursor: String!) {
  node(id: $id) {
    __typename
    ... on PullRequest {
      list: closingIssuesReferences(first: 100, after: $cursor) {
        totalCount
        pageInfo { ...Forward }
        nodes { ...ClosingIssueFields }
      }
    }
  }
}
${CLOSING_ISSUE}
${FORWARD}`

export const LABELS_PAGE = `
query LabelsPage($id: ID!, $cursor: String!) {
  node(id: $id) {
    __typename
    ... on Labelable {
      list: labels(first: 100, after: $cursor) {
        totalCount
        pageInfo { ...Forward }
        nodes { name }
      }
    }
  }
}
${FORWARD}`

export const FILES_PAGE = `
query FilesPage($id: ID!, $cursor: String!) {
  node(id: $id) {
    __typename
    ... on PullRequest {
      list: files(first: 100, after: $cursor) {
        totalCount
        pageInfo { ...Forward }
        nodes { path changeType }
      }
    }
  }
}
${FORWARD}`
