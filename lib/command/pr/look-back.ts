/** Keeps a look back with the record of the pull request, for the head that is there now. */
import { readRetrospective } from '../../gates/read-retrospective.ts'
import { type Retrospective, type RetrospectiveReason, whyNotApproved } from '../../gates/retrospective.ts'
import type { Answer } from '../../outcome.ts'
import { changeWork } from '../../sessions/perform.ts'
import type { Observed } from '../permission.ts'
import type { Acting } from '../services.ts'

type LookedBack = Answer<{
  readonly status: 'recorded' | 'planned'
  readonly head: string
  readonly approved: boolean
  readonly reason: RetrospectiveReason | null
}>

/** @param acting `null` only tells what would be recorded */
export async function lookBack(json: unknown, { input, pr }: Observed, acting: Acting | null): Promise<LookedBack> {
  const written = readRetrospective(json)
  if (!written.ok) return written
  const head = pr.head.sha
  const at = new Date(input.nowMs).toISOString()
  const retrospective: Retrospective = { head, runId: acting?.runId ?? '', at, ...written.value }
  const reason = whyNotApproved(retrospective, head)
  const said = { head, approved: reason === null, reason }
  if (acting === null) return { ok: true, status: 'planned', ...said }

  const noted = await changeWork(acting, (work) => ({
    work: { ...work, retrospective: { ...retrospective, unexpectedFindings: [...retrospective.unexpectedFindings] } },
    entry: { type: 'looked_back', head, approved: said.approved },
    result: null,
  }))
  return noted.ok ? { ok: true, status: 'recorded', ...said } : noted
}
