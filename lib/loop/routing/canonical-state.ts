/**
 * The state that routing starts from: what is worked on, who owns it, who acts next, how far it is.
 *
 * It comes from callers, so it is taken whole or not at all: a part that is missing or contradicts
 * another one would let the rest be believed.
 */
import { z } from 'zod'
import { ACTORS, AUTHORIZATIONS, STATUSES, TARGET_KINDS } from './vocabulary.ts'

const Count = z.number().int().positive().nullish().transform(orNull)
const Name = z.string().trim().min(1).nullish().transform(orNull)

const RoutingTarget = z
  .object({ kind: z.enum(TARGET_KINDS), issue: Count, pr: Count, linkedPr: Count, branch: Name, phase: Name })
  .refine(names)
export type RoutingTarget = z.infer<typeof RoutingTarget>

const CanonicalState = z.object({
  target: RoutingTarget,
  ownership: z.enum(ACTORS),
  nextActor: z.enum(ACTORS),
  status: z.enum(STATUSES),
  authorization: z.enum(AUTHORIZATIONS),
})
export type CanonicalState = z.infer<typeof CanonicalState>

/** @returns `null` when any part is invalid */
export function parseCanonicalState(raw: unknown): CanonicalState | null {
  const parsed = CanonicalState.safeParse(raw)
  return parsed.success ? parsed.data : null
}

/** @returns `null` when it names nothing that can be worked on */
export function parseRoutingTarget(raw: unknown): RoutingTarget | null {
  const parsed = RoutingTarget.safeParse(raw)
  return parsed.success ? parsed.data : null
}

/** An issue with a pull request is worked on there; its own number is kept. */
export function inItsPullRequest(state: CanonicalState): CanonicalState {
  const { kind, linkedPr } = state.target
  if (kind !== 'issue' || linkedPr === null) return state
  return { ...state, target: { ...state.target, kind: 'pr', pr: linkedPr, linkedPr: null } }
}

export function targetOf(kind: RoutingTarget['kind'], over: Partial<RoutingTarget>): RoutingTarget {
  return { issue: null, pr: null, linkedPr: null, branch: null, phase: null, ...over, kind }
}

export function phaseOf(issue: number): string {
  return `issue-${issue}`
}

export function isLocal({ kind }: RoutingTarget): boolean {
  return kind === 'local_branch' || kind === 'local_phase'
}

function names({ kind, issue, pr, linkedPr, branch, phase }: RoutingTargetParts): boolean {
  if (kind === 'issue') return issue !== null && pr === null
  if (kind === 'pr') return pr !== null && linkedPr === null
  return kind === 'local_branch' ? branch !== null : phase !== null || issue !== null
}

interface RoutingTargetParts {
  readonly kind: (typeof TARGET_KINDS)[number]
  readonly issue: number | null
  readonly pr: number | null
  readonly linkedPr: number | null
  readonly branch: string | null
  readonly phase: string | null
}

function orNull<Value>(value: Value | null | undefined): Value | null {
  return value ?? null
}
