/**
 * Reads what somebody wrote looking back, in the form of the predecessor's file.
 *
 * Its writer could not produce what its gate asked for; here one form serves both, and what the gate would
 * miss later is refused now. A look back that advises against the merge is complete all the same.
 */
import { z } from 'zod'
import { accept, type Outcome, refuse } from '../outcome.ts'
import type { Retrospective } from './retrospective.ts'

const MOST_CHARACTERS = 4_000

const prose = z.string().trim().min(1).max(MOST_CHARACTERS)

const judgement = {
  mergeApproved: z.boolean(),
  followedWorkingAgreement: z.boolean(),
  gateQualityAcceptable: z.boolean(),
}

const common = { state: z.literal('complete'), gateQuality: prose, mergeRecommendation: prose }

const Drifts = z.array(prose).max(100)

const Flat = z.object({ ...common, ...judgement, unexpectedFindings: z.string().trim().max(MOST_CHARACTERS) })

const Nested = z.object({ ...common, behavioralReview: z.object({ ...judgement, drifts: Drifts }) })

const NestedWithFindings = z.object({
  ...common,
  behavioralReview: z.object(judgement),
  unexpectedFindings: z.string().trim().max(MOST_CHARACTERS),
})

export type WrittenRetrospective = Omit<Retrospective, 'head' | 'runId' | 'at'>

/** @returns a refusal `invalid_value` that names the first field that does not do */
export function readRetrospective(json: unknown): Outcome<WrittenRetrospective> {
  const { behavioralReview, unexpectedFindings }: { [key: string]: unknown } = Object(json)
  const form = behavioralReview === undefined ? Flat : unexpectedFindings === undefined ? Nested : NestedWithFindings
  const parsed = form.safeParse(json)
  if (!parsed.success) return incomplete(parsed.error)
  const { gateQuality, mergeRecommendation } = parsed.data
  const { mergeApproved, followedWorkingAgreement, gateQualityAcceptable } =
    'behavioralReview' in parsed.data ? parsed.data.behavioralReview : parsed.data
  const judged = { mergeApproved, followedWorkingAgreement, gateQualityAcceptable }
  return accept({ ...judged, gateQuality, unexpectedFindings: findingsOf(parsed.data), mergeRecommendation })
}

function findingsOf(written: z.infer<typeof Flat | typeof Nested | typeof NestedWithFindings>): readonly string[] {
  if (!('unexpectedFindings' in written)) return written.behavioralReview.drifts
  return written.unexpectedFindings === '' ? [] : [written.unexpectedFindings]
}

function incomplete(error: z.ZodError): Outcome<never> {
  const [issue] = error.issues
  const field = issue?.path.join('.') || 'the whole'
  return refuse('invalid_value', `this is no complete look back: ${field}: ${issue?.message ?? 'does not fit'}`, {
    field,
  })
}
