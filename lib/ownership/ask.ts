/**
 * From a rule to an answer: puts a question to the record, commits what the rule wants changed, and
 * tells the caller in flat fields; for a pull request it then does the same to the head branch.
 */
import type { Outcome, Refusal } from '../outcome.ts'
import type { Target } from '../target.ts'
import { granted, type OwnershipAnswer, type OwnershipRefused, refused } from './answers.ts'
import type { OwnershipContext } from './context.ts'
import { gatherEvidence, type Seen } from './evidence.ts'
import type { Claim } from './record.ts'
import type { HolderRequest } from './rules/holding.ts'
import type { Evidence } from './rules/liveness.ts'
import type { Transition } from './rules/transition.ts'
import { type Looked, transact } from './transact.ts'

/** Without a record the rule wants nothing changed. */
export type Ruled = Outcome<Transition<string> | { readonly status: string }>

export async function ask(
  target: Target,
  request: { readonly runId: string },
  context: OwnershipContext,
  rule: (looked: Looked) => Ruled,
): Promise<OwnershipAnswer> {
  const { told } = await ruleOn(target, request, context, rule)
  return told
}

interface Told {
  readonly told: OwnershipAnswer
  /** The claim before the change, when there was one and it was changed. */
  readonly changed: Claim | null
}

function ruleOn(
  target: Target,
  request: { readonly runId: string },
  context: OwnershipContext,
  rule: (looked: Looked) => Ruled,
): Promise<Told> {
  return transact<Told>(target, context, (looked) => {
    const ruled = rule(looked)
    const result = tell(ruled, { target, request, looked, context })
    const writes = ruled.ok && 'record' in ruled.value && ruled.value.entry !== null
    return writes ? { record: ruled.value.record, entry: ruled.value.entry, result } : { result }
  })
}

interface Asked {
  readonly target: Target
  readonly request: { readonly runId: string }
  readonly looked: Looked
  readonly context: OwnershipContext
}

/** The answer to a ruling, whether or not it was committed. */
export function tell(ruled: Ruled, { target, request, looked, context }: Asked): Told {
  if (!ruled.ok) return { told: refusal(ruled, target, request, { looked, context }), changed: null }

  const after = 'record' in ruled.value ? ruled.value : { record: looked.record, entry: null }
  const seen = { ...looked, record: after.record }
  const telling = { target, runId: request.runId, seen, evidence: evidenceAfter(seen, looked, context), context }
  const changed = after.entry === null ? null : (looked.record?.activeRun ?? null)
  return { told: granted(ruled.value.status, telling), changed }
}

/** The worker and the sighting that were looked at belong to the claim before the change. */
function evidenceAfter(seen: Seen, looked: Looked, context: OwnershipContext): Evidence {
  return seen.record === looked.record ? looked.evidence : gatherEvidence(seen, looked.evidence.now, context, false)
}

/**
 * A claim on a pull request holds its head branch too, so what changes the one changes the other. The
 * number decides: a branch that was lost meanwhile is a warning, and the next push is refused.
 */
export async function askWithBranch<Request extends HolderRequest>(
  target: Target,
  context: OwnershipContext,
  alike: (target: Target, request: HolderRequest & Request, context: OwnershipContext) => Promise<OwnershipAnswer>,
  request: Request,
  rule: (looked: Looked) => Ruled,
): Promise<OwnershipAnswer> {
  const { told, changed } = await ruleOn(target, request, context, rule)
  if (!told.ok || !changed?.branch) return told

  const branch = { host: target.host, ...changed.branch }
  const followed = await alike(branch, { ...request, token: undefined }, context)
  return followed.ok ? told : { ...told, warnings: [`branch_not_held: ${followed.message}`] }
}

export function refusal(
  refusal: Refusal,
  target: Target,
  { runId }: { readonly runId: string },
  { looked, context }: { readonly looked: Looked; readonly context: OwnershipContext },
): OwnershipRefused {
  return refused(refusal, { target, runId, seen: looked, evidence: looked.evidence, context })
}
