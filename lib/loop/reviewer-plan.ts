/**
 * Which angles our own review looks from, and how many of them at once.
 */
export const REVIEWER_SUPPORTED_ANGLES = ['correctness', 'tests', 'maintainability', 'security', 'scope'] as const
type ReviewerAngle = (typeof REVIEWER_SUPPORTED_ANGLES)[number]

const USUAL_PARALLEL = 3
const MOST_PARALLEL = 4

export interface ReviewerPlan {
  readonly maxParallel: number
  readonly angles: readonly ReviewerAngle[]
  readonly runs: readonly { readonly runId: string; readonly angle: ReviewerAngle }[]
}

export interface WantedPlan {
  /** What is not known is left out; none that is known means all of them. */
  readonly requestedAngles?: readonly string[] | undefined
  /** From 1 to 4; 3 when it is not a number of 1 or more. */
  readonly maxParallel?: number | undefined
}

export function selectReviewerPlan({ requestedAngles = [], maxParallel }: WantedPlan = {}): ReviewerPlan {
  const wanted = requestedAngles.map((name) => name.trim().toLowerCase())
  const known = [...new Set(wanted)].flatMap((name) => REVIEWER_SUPPORTED_ANGLES.filter((angle) => angle === name))
  const angles = known.length > 0 ? known : [...REVIEWER_SUPPORTED_ANGLES]
  const runs = angles.map((angle, at) => ({ runId: `review-angle-${String(at + 1).padStart(2, '0')}`, angle }))
  return { maxParallel: boundParallel(maxParallel), angles, runs }
}

function boundParallel(wanted: number | undefined): number {
  if (wanted === undefined || Number.isNaN(wanted) || wanted < 1) return USUAL_PARALLEL
  return Math.min(MOST_PARALLEL, Math.floor(wanted))
}
