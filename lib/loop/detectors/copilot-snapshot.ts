/**
 * The predecessor's snapshot of a Copilot loop: sixteen fields, read from a file or made from facts.
 *
 * A field that is left out has the predecessor's default. One that is there and cannot be understood is
 * not known (`null`), never zero or false; and whether the raw object has a key decides nothing, so
 * reading a snapshot twice gives what reading it once gave. The answers of a refused request are kept:
 * there they became "none", and whoever asked again was refused again.
 */
import { z } from 'zod'

const REQUEST_STATUSES = [
  'requested',
  'already-requested',
  'unavailable',
  'none',
  'failed',
  'suppressed_draft',
  'blocked_by_copilot_comment',
  'round_cap_reached',
  'suppressed_same_head_clean',
  'no_changes_since_last_review',
] as const

const CI_STATUSES = ['success', 'failure', 'pending', 'none', 'crediblyGreen'] as const
const SIGNALS = ['high', 'mid', 'low'] as const

/** A key that may be left out; what stands there may be anything. */
const given = z.unknown().optional()

const truthy = given.transform((value) => Boolean(value))
const tristate = given.transform((value) => (value === null ? null : Boolean(value)))
const count = given.transform((value) => (value === undefined ? 0 : wholeNumber(value)))
const names = given.transform((value) => (Array.isArray(value) ? value : []))

export const CopilotSnapshot = z
  .object({
    prExists: truthy,
    prNumber: given.transform(wholeNumber),
    prDraft: truthy,
    prMerged: truthy,
    prClosed: truthy,
    copilotReviewRequestStatus: given.transform((value) => known(REQUEST_STATUSES, value, 'none')),
    copilotReviewPresent: tristate,
    copilotReviewOnCurrentHead: tristate,
    unresolvedThreadCount: count,
    actionableThreadCount: count,
    copilotReviewRoundCount: count,
    ciStatus: given.transform((value) => known(CI_STATUSES, value, 'none')),
    lastCopilotRoundMaxSignal: given.transform((value) => known(SIGNALS, value, null)),
    agentFixStatus: given.transform((value) => known(['applied'], value, null)),
    failureDetails: names,
    excludedFailureDetails: names,
  })
  .transform((fields) => ({
    ...fields,
    prNumber: fields.prExists && fields.prNumber !== 0 ? fields.prNumber : null,
    copilotReviewPresent: fields.copilotReviewOnCurrentHead === true ? true : fields.copilotReviewPresent,
  }))
export type CopilotSnapshot = z.infer<typeof CopilotSnapshot>

function wholeNumber(value: unknown): number | null {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) && number >= 0 ? Math.floor(number) : null
}

/** What is left out has the default; `null`, where a status says it, is "not known". */
function known<const Value extends string, Default>(
  values: readonly Value[],
  value: unknown,
  byDefault: Default,
): Value | Default | null {
  if (value === null) return null
  return values.find((one) => one === value) ?? byDefault
}
