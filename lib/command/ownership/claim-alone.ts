/**
 * A claim on an issue, a branch or a lease, when no pull request says which branch belongs to it.
 *
 * The branch that is named after an issue is where its work is done. A run that claims both, one after the other,
 * holds them as one: what it is asked on the issue reaches the branch, and both are renewed and released together.
 */
import { branchNameFor } from '../../git/branch-name.ts'
import { claimWithBranch } from '../../ownership/claim-with-branch.ts'
import type { ClaimRequest } from '../../ownership/rules/claim.ts'
import { claimTarget, type OwnershipAnswer, type OwnershipContext, readOwnership } from '../../ownership/service.ts'
import type { BranchTarget, Target } from '../../target.ts'

interface Naming {
  readonly ownership: OwnershipContext
  /** What the names of branches made for issues begin with. */
  readonly prefix: string
}

export async function claimAlone(target: Target, request: ClaimRequest, naming: Naming): Promise<OwnershipAnswer> {
  const { ownership, prefix } = naming
  if (request.mode === 'takeover' || 'lease' in target) return claimTarget(target, request, ownership)
  if ('number' in target) {
    const { host, repo, number } = target
    const head = { repo, branch: branchNameFor({ prefix, issue: number }) }
    const isOurs = await isHeld({ host, ...head }, request.runId, ownership)
    return isOurs ? claimWithBranch(target, head, request, ownership) : claimTarget(target, request, ownership)
  }
  const answer = await claimTarget(target, request, ownership)
  if (answer.ok) await joinIssue(target, request.runId, naming)
  return answer
}

/** The claim on the issue stays as it is, and names the branch from now on. */
async function joinIssue({ host, repo, branch }: BranchTarget, runId: string, { ownership, prefix }: Naming) {
  const number = issueOf(branch, prefix)
  if (number === null) return
  const issue = { host, repo, number }
  if (!(await isHeld(issue, runId, ownership))) return
  const held = (await readOwnership(issue, ownership)).record?.activeRun
  if (held?.runId !== runId || held.branch !== null) return
  const kept = { runId, mode: 'claim', ttlMs: held.lease?.ttlMs ?? null, process: held.process } as const
  await claimTarget(issue, { ...kept, branch: { repo, branch } }, ownership)
}

/** A claim that has ended is not taken up again by the way. */
async function isHeld(target: Target, runId: string, ownership: OwnershipContext): Promise<boolean> {
  const { holder } = await readOwnership(target, ownership)
  return holder?.runId === runId && holder.alive !== 'ended'
}

function issueOf(branch: string, prefix: string): number | null {
  const number = Number(/issue-([1-9][0-9]{0,9})$/.exec(branch)?.[1] ?? '0')
  return number > 0 && branchNameFor({ prefix, issue: number }) === branch ? number : null
}
