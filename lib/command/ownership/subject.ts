/**
 * What all ownership commands have in common: which target they are about, and how they speak of it.
 * Light on purpose: `status`, `assert` and `renew` load nothing beyond this and the service.
 */

import type { Checkout } from '../../checkout.ts'
import { UsageError } from '../../errors.ts'
import { readWorkerIdentity } from '../../ownership/host.ts'
import type { WorkerIdentity } from '../../ownership/record.ts'
import type { OwnershipAnswer, OwnershipContext, ShownStop } from '../../ownership/service.ts'
import type { Target } from '../../target.ts'
import type { CommandContext } from '../define.ts'
import { branch, count, exactlyOneOf, leaseName, runId, targetOptions } from '../index.ts'
import { REACH } from '../reach.ts'
import { openOwnership, placeOfRecords, resolveRepository, resolveTarget } from '../services.ts'

export const subjectOptions = {
  ...targetOptions,
  branch: branch().describe('Branch of the repository'),
  lease: leaseName().describe('Anything else that needs a single holder, by a name such as conductor or merge/main'),
}

export const runOptions = { ...subjectOptions, runId }

/** Without it, any claim of the run is meant, also one that another worker of the same run made since. */
export const claimToken = {
  expectedToken: count().describe('Token of your claim; a later claim of the same run counts as lost'),
}

export const oneSubject = exactlyOneOf('pr', 'issue', 'branch', 'lease')

export interface SubjectWords {
  readonly repo?: string | undefined
  readonly pr?: number | undefined
  readonly issue?: number | undefined
  readonly branch?: string | undefined
  readonly lease?: string | undefined
  readonly stateDir?: string | undefined
}

export interface Subject {
  readonly target: Target
  readonly ownership: OwnershipContext
}

/** The configuration first, because it has looked for the checkout that names the repository. */
export async function openSubject(words: SubjectWords, context: CommandContext): Promise<Subject> {
  const place = await placeOfRecords(context)
  const target = targetOf(words, context, place.checkout)
  return {
    target,
    ownership: await openOwnership(target, { ...words, place, fromOrigin: words.repo === undefined }, context),
  }
}

function targetOf(words: SubjectWords, context: CommandContext, checkout: Checkout | null): Target {
  const { branch, lease } = words
  if (branch === undefined && lease === undefined) return resolveTarget(words, context, checkout)
  const repository = resolveRepository(words, context, checkout)
  return branch === undefined ? { ...repository, lease: lease ?? '' } : { ...repository, branch }
}

export function requireRunId({ runId }: { readonly runId?: string | undefined }): string {
  if (runId !== undefined) return runId
  throw new UsageError('run_id_required', 'no run is named; give --run-id <id> or set DEV_LOOPS_RUN_ID')
}

/** @throws UsageError `invalid_value` when there is no such process: a claim for it would be over at once */
export function workerOf(pid: number): WorkerIdentity
export function workerOf(pid: number | undefined): WorkerIdentity | null
export function workerOf(pid: number | undefined): WorkerIdentity | null {
  if (pid === undefined) return null
  const worker = readWorkerIdentity(pid)
  if (worker !== null) return worker
  throw new UsageError('invalid_value', `there is no process ${pid}; give the pid of the living worker`, { pid })
}

/** The number under the name it was asked for. */
export function named<Answer extends OwnershipAnswer>(answer: Answer, { pr, issue }: SubjectWords): Answer {
  return { ...answer, ...(pr === undefined ? {} : { pr }), ...(issue === undefined ? {} : { issue }) }
}

/** One line for a person on a terminal. */
export function sayHolding(answer: OwnershipAnswer): string {
  if (!answer.ok) return answer.message
  const until = answer.expiresAt === null ? '' : ` until ${answer.expiresAt}`
  const held = answer.activeRun === null ? 'nobody holds it' : `${answer.activeRun.runId} holds it${until}`
  const lines = [`${answer.status}  ${answer.target}: ${held} (token ${answer.token})`]
  if (answer.stopRequested !== null) lines.push(sayStop(answer.stopRequested))
  lines.push(...(answer.warnings ?? []).map((warning) => `warning  ${warning}`))
  return lines.join('\n')
}

export function sayStop({ reason, acknowledgedAt, permitsTakeover }: ShownStop): string {
  const answered = acknowledgedAt === null ? 'not acknowledged' : `acknowledged ${acknowledgedAt}`
  const open = permitsTakeover ? ', so it may be taken over' : ''
  return `asked to stop  ${reason ?? 'no reason given'} (${answered}${open})`
}

/** The same, and how far the protection reaches. */
export function sayClaim(answer: OwnershipAnswer): string {
  if (!answer.ok) return answer.message
  return `${sayHolding(answer)}\nprotects  ${REACH[answer.scope]}; record in ${answer.filePath}`
}

export const answerFields = {
  status: 'what happened',
  target: 'owner/name#number, owner/name@branch or owner/name!lease',
  runId: 'the run that asked',
  activeRun: 'the run that holds the target, with claimedAt and updatedAt, or null',
  token: 'fencing token; rises with each change of owner',
  endsInMs: 'until the claim ends unless renewed; null: not by itself',
  expiresAt: 'the same as a time, for people',
  scope: 'how far the protection reaches: clone, machine, every_machine',
  filePath: 'folder of the record',
} as const
