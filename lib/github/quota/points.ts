/**
 * What a query costs at most, so that it can be taken from the quota before it is sent. A test holds the
 * list to GitHub's own formula, with pages as large as they get: what is not in it costs one point.
 */
const POINTS: Readonly<Record<string, number>> = {
  PullRequestFacts: 2,
  IssueFacts: 3,
  OpenPullRequests: 16,
  PullRequestsById: 56,
  OpenPullRequestsLight: 4,
}

/** @param query begins with `query Name` or `mutation Name` */
export function pointsOf(query: string): number {
  const name = /^\s*(?:query|mutation)\s+(\w+)/.exec(query)?.[1]
  return (name === undefined ? undefined : POINTS[name]) ?? 1
}
