/**
 * Claim and takeover as a command: with the head branch of a pull request, when GitHub can be asked.
 */

import { DevLoopsError, UsageError } from '../../errors.ts'
import type { PullRequestHead } from '../../github/head-branch.ts'
import { claimWithBranch } from '../../ownership/claim-with-branch.ts'
import type { HeadBranch } from '../../ownership/record.ts'
import type { ClaimRequest } from '../../ownership/rules/claim.ts'
import { claimTarget, type OwnershipAnswer, readOwnership } from '../../ownership/service.ts'
import { formatTarget, type NumberedTarget } from '../../target.ts'
import type { CommandContext } from '../define.ts'
import { loadedConfig } from '../services.ts'
import type { ShowingOwner } from '../show-owner.ts'
import { claimAlone } from './claim-alone.ts'
import { openSubject, type Subject, type SubjectWords } from './subject.ts'

/** Without these GitHub cannot be asked; the claim of every push still meets in the branch's record. */
const BRANCH_STAYS_UNCHECKED: ReadonlySet<string> = new Set(['token_missing', 'rate_limited'])

type Claiming = () => Promise<OwnershipAnswer>

/** @returns a function that asks for the target, as often as it is called */
export async function prepareClaim(
  words: SubjectWords,
  request: ClaimRequest,
  context: CommandContext,
): Promise<Claiming> {
  const subject = await openSubject(words, context)
  const { target, ownership } = subject
  if (words.pr === undefined || !('number' in target)) {
    const { prefix } = (await loadedConfig(context)).config.branch
    return () => claimAlone(target, request, { ownership, prefix })
  }

  const head = await findHead(target, subject, request.runId, context)
  if ('warning' in head) {
    return async () => withWarnings(await claimTarget(target, request, ownership), [head.warning])
  }
  return async () => {
    const { repo, branch, openAt } = head
    const answer = await claimWithBranch(target, { repo, branch }, request, ownership)
    const changed = answer.ok && answer.status !== 'refreshed'
    if (!changed || openAt === null) return answer
    const holding = { target, runId: request.runId, token: answer.token, ownership }
    return withWarnings(answer, await shown(openAt, holding, context))
  }
}

function withWarnings(answer: OwnershipAnswer, more: readonly string[]): OwnershipAnswer {
  return answer.ok && more.length > 0 ? { ...answer, warnings: [...(answer.warnings ?? []), ...more] } : answer
}

/** On the head of the pull request, from when it has another owner. */
async function shown(
  head: string,
  holding: Pick<ShowingOwner, 'target' | 'runId' | 'token' | 'ownership'>,
  context: CommandContext,
): Promise<readonly string[]> {
  const { showHere } = await import('../show-owner.ts')
  const { signal, onBoundary } = context
  const boundary = onBoundary === undefined ? {} : { onBoundary }
  return showHere(head, { ...holding, signal, ...boundary }, context)
}

/** `openAt` is `null` also where it was not asked for, because the claim stands already. */
type Head = (HeadBranch & Pick<PullRequestHead, 'openAt'>) | { readonly warning: string }

async function findHead(
  target: NumberedTarget,
  { ownership }: Subject,
  runId: string,
  context: CommandContext,
): Promise<Head> {
  const { record } = await readOwnership(target, ownership)
  const held = record?.activeRun
  if (held?.runId === runId && held.branch !== null) return { ...held.branch, openAt: null }

  const { headBranchOf } = await import('../services.ts')
  try {
    const head = await headBranchOf(target, context)
    if (head !== null && record === null) {
      const { noteRename } = await import('../../dispatch/renamed.ts')
      await noteRename(target, head.repositoryId, ownership.store)
    }
    if (head !== null) return head
  } catch (error) {
    if (!(error instanceof DevLoopsError) || !BRANCH_STAYS_UNCHECKED.has(error.code)) throw error
    const warning = `branch_not_checked: ${error.message}; another run may hold the head branch, which its first push will show`
    return { warning }
  }
  const name = formatTarget(target)
  throw new UsageError('target_not_found', `${name} is no pull request; nothing was claimed, look at the number`, {
    name,
  })
}
