/**
 * Takes a pull request and its head branch, both or neither.
 *
 * Issue, pull request and plain pushes meet in the branch's record: who claims the pull request while
 * another run still holds the branch is told that run, and nothing is taken. A plain claim takes the
 * branch first. A takeover takes the number first, because a branch taken from a living claim could
 * not be given back; it looks at the branch before it displaces anybody.
 */
import { accept, type Outcome, refuse } from '../outcome.ts'
import { formatTarget, type NumberedTarget } from '../target.ts'
import type { OwnershipAnswer, OwnershipRefused } from './answers.ts'
import type { OwnershipContext } from './context.ts'
import type { HeadBranch } from './record.ts'
import type { ClaimRequest } from './rules/claim.ts'
import { claimTarget, previewClaim, releaseTarget } from './service.ts'

export async function claimWithBranch(
  target: NumberedTarget,
  branch: HeadBranch,
  request: ClaimRequest,
  context: OwnershipContext,
): Promise<OwnershipAnswer> {
  if (request.mode === 'takeover') return takeOverBoth(target, branch, request, context)
  return (await claimBoth(target, branch, request, context)).answer
}

/** The same for a run that goes on. @returns the token of its claim on the branch, by which its pushes are told */
export async function holdWithBranch(
  target: NumberedTarget,
  branch: HeadBranch,
  request: ClaimRequest & { readonly mode: 'claim' },
  context: OwnershipContext,
): Promise<Outcome<number>> {
  const { answer, branchToken } = await claimBoth(target, branch, request, context)
  return answer.ok ? accept(branchToken) : answer
}

async function claimBoth(
  target: NumberedTarget,
  head: HeadBranch,
  request: ClaimRequest,
  context: OwnershipContext,
): Promise<{ readonly answer: OwnershipAnswer; readonly branchToken: number }> {
  const branch = { host: target.host, ...head }
  const onBranch = await claimTarget(branch, { ...request, expectedToken: undefined }, context)
  const branchToken = onBranch.token
  if (!onBranch.ok) return { answer: blocked(target, onBranch), branchToken }

  const answer = await claimTarget(target, { ...request, branch: head }, context)
  const tookBranch = onBranch.status === 'claimed_new'
  if (!answer.ok && tookBranch) await releaseTarget(branch, { runId: request.runId, token: branchToken }, context)
  return { answer, branchToken }
}

async function takeOverBoth(
  target: NumberedTarget,
  head: HeadBranch,
  request: ClaimRequest,
  context: OwnershipContext,
): Promise<OwnershipAnswer> {
  const branch = { host: target.host, ...head }
  const onBranch = { ...request, expectedToken: undefined }
  const preview = await previewClaim(branch, onBranch, context)
  if (!preview.ok) return blocked(target, preview)

  const answer = await claimTarget(target, { ...request, branch: head }, context)
  if (!answer.ok) return answer
  const taken = await claimTarget(branch, onBranch, context)
  if (taken.ok) return answer
  await releaseTarget(target, { runId: request.runId, token: answer.token }, context)
  return blocked(target, taken)
}

function blocked(target: NumberedTarget, refused: OwnershipRefused): OwnershipRefused {
  const whose = `${refused.target} is the head of ${formatTarget(target)}`
  const { ok: _, error, message, ...facts } = refused
  return refuse(error, `${message}; ${whose}, so nothing was claimed`, facts)
}
