/**
 * Is what is checked out here what the pull request is about?
 *
 * A run works in a worktree of its own. Any other checkout is only used as it stands when it is on the
 * branch, attached and clean; else the work asks for isolation, and what it has checked out is of no
 * concern. In the run's own worktree commits may differ from GitHub's: pushing and adopting is the work.
 */
export interface CheckedOut {
  /** `null`: detached. */
  readonly branch: string | null
  readonly headSha: string | null
  readonly dirty: boolean
  /** Made for this pull request by one of our commands. */
  readonly own: boolean
}

const MISMATCH = {
  branch: 'unsafe_local_branch_mismatch_requires_reconcile',
  head: 'unsafe_local_head_mismatch_requires_reconcile',
} as const
type MismatchReason = (typeof MISMATCH)[keyof typeof MISMATCH]

export interface BranchIdentity {
  readonly localBranch: string | null
  readonly localHeadSha: string | null
  readonly prBranch: string
  readonly prHeadSha: string
  readonly branchMatches: boolean
  readonly headMatches: boolean
  /** Why nothing may be done here as it stands; `null` when it may, or when the work is isolated. */
  readonly mismatchReason: MismatchReason | null
}

/** @param here `null`: this is no checkout of the repository */
export function requiresIsolation(here: CheckedOut | null, prBranch: string): boolean {
  if (here === null) return true
  return !here.own && (here.dirty || here.branch !== prBranch)
}

export function compareBranches(
  here: CheckedOut,
  pr: { readonly branch: string; readonly sha: string },
): BranchIdentity {
  const branchMatches = here.branch === pr.branch
  const headMatches = here.headSha !== null && here.headSha.toLowerCase() === pr.sha.toLowerCase()
  const isolated = requiresIsolation(here, pr.branch)
  const unsafe = !branchMatches ? MISMATCH.branch : headMatches || here.own ? null : MISMATCH.head
  return {
    localBranch: here.branch,
    localHeadSha: here.headSha,
    prBranch: pr.branch,
    prHeadSha: pr.sha,
    branchMatches,
    headMatches,
    mismatchReason: isolated ? null : unsafe,
  }
}
