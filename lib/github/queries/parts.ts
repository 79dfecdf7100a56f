/**
 * The selections that several queries share. Each is a fragment, so a field is named once and the
 * schema test reports a misspelt one once.
 *
 * The policy file is asked for under each of its names at the tip of a branch: the base's own tree is
 * the only place where policy is read, never the pull request's.
 */

export const ACTOR = `fragment ActorFields on Actor { __typename login }`

/**
 * A team's name is not asked for: with a token that lacks read:org, GitHub refuses the whole query for
 * it, even where no team was asked for a review (https://github.com/cli/cli/issues/812).
 */
export const REVIEWER = `fragment ReviewerFields on RequestedReviewer { __typename ... on Actor { login } }`

export const POLICY = `
fragment PolicyEntry on TreeEntry {
  mode
  object { __typename ... on Blob { oid isBinary isTruncated text } }
}
fragment PolicyFiles on Commit {
  oid
  plain: file(path: ".devloops") { ...PolicyEntry }
  yaml: file(path: ".devloops.yaml") { ...PolicyEntry }
  yml: file(path: ".devloops.yml") { ...PolicyEntry }
  json: file(path: ".devloops.json") { ...PolicyEntry }
}`

export const REPOSITORY = `
fragment RepositoryFields on Repository {
  id
  nameWithOwner
  viewerPermission
  defaultBranchRef { name }
}`

/** Where a list that is read from its start goes on. */
export const FORWARD = `fragment Forward on PageInfo { hasNextPage endCursor }`

/** Where a list that is read from its end goes on. */
export const BACKWARD = `fragment Backward on PageInfo { hasPreviousPage startCursor }`

export const REVIEW = `
fragment ReviewFields on PullRequestReview {
  id state submittedAt url body
  author { ...ActorFields }
  commit { oid }
}`

export const THREAD_COMMENT = `
fragment ThreadCommentFields on PullRequestReviewComment {
  id body createdAt url
  author { ...ActorFields }
}`

export const THREAD = `
fragment ThreadFields on PullRequestReviewThread {
  id isResolved isOutdated path line
  comments(first: 50) {
    totalCount
    pageInfo { ...Forward }
    nodes { ...ThreadCommentFields }
  }
}`

export const COMMENT = `
fragment CommentFields on IssueComment {
  id body createdAt updatedAt url authorAssociation
  author { ...ActorFields }
}`

export const CHECK_CONTEXT = checkContext('')

/** In a query about one pull request, whose number is the variable `number`. */
export const NUMBERED_CHECK_CONTEXT = checkContext('isRequired(pullRequestNumber: $number)')

function checkContext(more: string): string {
  return `
fragment CheckContextFields on StatusCheckRollupContext {
  __typename
  ... on CheckRun {
    name status conclusion startedAt completedAt detailsUrl summary
    checkSuite { app { slug } }
    ${more}
  }
  ... on StatusContext {
    context state description targetUrl createdAt
    creator { ...ActorFields }
    ${more}
  }
}`
}

export const REVIEW_REQUESTED = `
fragment ReviewRequestedFields on ReviewRequestedEvent {
  createdAt
  requestedReviewer { ...ReviewerFields }
}`

export const CLOSING_ISSUE = `
fragment ClosingIssueFields on Issue {
  number state title body
  repository { nameWithOwner }
}`

export const LINKED_PULL_REQUEST = `
fragment LinkedPullRequestFields on PullRequest {
  number state isDraft headRefName
  repository { nameWithOwner }
  headRepository { nameWithOwner }
  author { ...ActorFields }
}`

export const RATE_LIMIT = `rateLimit { cost limit remaining resetAt }`
