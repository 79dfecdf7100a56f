/** GitHub's words into ours, for the little that is asked of every open pull request. */
import type { LightPullRequest } from '../../facts/light-pull-request.ts'
import type { RawLightPullRequest } from '../answers/open-pull-requests.ts'

/** @param withheld the token may not read (all of) the checks */
export function lightPullRequestOf(raw: RawLightPullRequest, withheld: boolean): LightPullRequest {
  const { id, number, updatedAt, isDraft, mergeable, mergeStateStatus, reviewDecision } = raw
  return {
    id,
    number,
    updatedAt,
    isDraft,
    head: raw.headRefOid,
    base: { branch: raw.baseRefName, tip: raw.baseRef?.target?.oid ?? null },
    mergeable,
    mergeStateStatus,
    reviewDecision,
    checks: withheld ? null : checksOf(raw),
    threads: threadsOf(raw),
  }
}

function checksOf({ commits, headRefOid }: RawLightPullRequest): LightPullRequest['checks'] {
  const commit = commits.nodes?.at(-1)?.commit
  if (commit?.oid !== headRefOid || !commit.checkSuites?.nodes) return null
  const { totalCount: suites, nodes } = commit.checkSuites
  const endedSuites = nodes.filter((suite) => suite?.status === 'COMPLETED').length
  const rollup = commit.statusCheckRollup
  if (rollup === null) return { state: null, suites, endedSuites, counts: [] }

  const { totalCount, checkRunCountsByState: runs, statusContextCountsByState: statuses } = rollup.contexts
  if (runs === null || statuses === null) return null
  const counts = [
    ...runs.map((one) => `run ${one.state} ${one.count}`),
    ...statuses.map((one) => `status ${one.state} ${one.count}`),
  ]
  return { state: rollup.state, suites, endedSuites, counts: [`${totalCount} in all`, ...counts.sort()] }
}

/** One letter a thread, in GitHub's order: upper case while it is open, `o` for an outdated one. */
function threadsOf({ reviewThreads }: RawLightPullRequest): string | null {
  const nodes = reviewThreads?.nodes
  if (!reviewThreads || !nodes || nodes.length < reviewThreads.totalCount) return null
  const letters = nodes.map((thread) => {
    if (thread === null) return null
    const letter = thread.isOutdated ? 'o' : 'c'
    return thread.isResolved ? letter : letter.toUpperCase()
  })
  return letters.includes(null) ? null : letters.join('')
}
