/**
 * One cycle of the outer loop, decided: which loop goes on, and what is remembered until the next cycle.
 */

import { type BranchIdentity, type CheckedOut, compareBranches, requiresIsolation } from './branch-identity.ts'
import { type ShownState, shownState } from './lifecycle.ts'
import {
  type ConductorRouting,
  evaluateConductorRouting,
  interpretOuterLoopState,
  type OuterAction,
  type OuterLoopState,
  type SourceMode,
} from './outer.ts'
import { type Checkpoint, countWaitCycles, isOver, standingSince } from './outer-checkpoint.ts'
import type { OuterEvidence } from './outer-evidence.ts'
import type { ReviewerLoopState } from './reviewer.ts'

export interface CycleGround {
  readonly target: { readonly repo: string; readonly number: number }
  readonly sourceMode: SourceMode
  readonly evidence: OuterEvidence
  readonly reviewer: ReviewerLoopState
  /** Head branch and commit as GitHub has them; `null` with snapshots, and when there is no pull request. */
  readonly head: { readonly branch: string; readonly sha: string } | null
  /** What is checked out where the command stands; asked about with live facts only. */
  readonly here: CheckedOut | null
  readonly previous: Checkpoint | null
  readonly reviewLimitMs: number
  readonly nowMs: number
}

export interface OuterCycle {
  readonly outerAction: OuterAction
  readonly copilotState: ShownState
  readonly reviewerState: string
  readonly reviewerScope: { readonly mode: string; readonly reviewerLogin: string | null }
  readonly reason?: string
  readonly branchIdentity?: BranchIdentity
  readonly conductorRouting: OuterLoopState
  readonly checkpoint: Checkpoint
}

export function decideOuterCycle(ground: CycleGround): OuterCycle {
  const { evidence, reviewer, target, previous, nowMs } = ground
  const before = previous?.reviewing ?? null
  // What is not known ends no review that is under way, and begins none.
  const reviewing =
    reviewer.state === 'facts_unproved' && before !== null
      ? before
      : standingSince(before, { state: reviewer.state, head: evidence.head, nowMs })
  const routed = evaluateConductorRouting({
    target: { repo: target.repo, pr: target.number },
    copilotState: evidence.copilot,
    reviewerState: reviewer.state,
    ownershipState: evidence.ownership,
    sourceMode: ground.sourceMode,
    requiresLocalIsolation: ground.head !== null && requiresIsolation(ground.here, ground.head.branch),
    next: evidence.next,
    reviewing: isOver(reviewing, ground.reviewLimitMs, nowMs) ? 'over' : 'within',
  })
  const identity = identityFor(routed, ground)
  const routing = stoppedBy(identity, withHead(routed, ground))
  const reason = identity?.mismatchReason ?? routing.stopReason
  const copilotState = shownState(evidence.copilot)
  const { reviewerScope: mode, reviewerLogin } = reviewer.snapshot
  return {
    outerAction: routing.outerAction,
    copilotState,
    reviewerState: reviewer.state,
    reviewerScope: { mode, reviewerLogin },
    ...(reason === null ? {} : { reason }),
    ...(identity === null ? {} : { branchIdentity: identity }),
    conductorRouting: interpretOuterLoopState(routing),
    checkpoint: {
      pr: target.number,
      repo: target.repo.toLowerCase(),
      outerAction: routing.outerAction,
      copilotState,
      reviewerState: reviewer.state,
      reviewerScope: mode,
      reviewerLogin,
      reason,
      timestamp: new Date(nowMs).toISOString(),
      waitCycles: countWaitCycles(previous, routing.outerAction, evidence.head),
      headSha: evidence.head,
      wait: evidence.wait,
      reviewing,
    },
  }
}

function reenters({ outerAction }: ConductorRouting): boolean {
  return outerAction === 'reenter_copilot_loop' || outerAction === 'reenter_reviewer_loop'
}

function identityFor(routing: ConductorRouting, { here, head }: CycleGround): BranchIdentity | null {
  return reenters(routing) && here !== null && head !== null ? compareBranches(here, head) : null
}

/** Whoever goes on is told which commit all of this is about. */
function withHead(routing: ConductorRouting, { head }: CycleGround): ConductorRouting {
  if (!reenters(routing) || head === null) return routing
  const { handoffEnvelope } = routing
  const requiredArgs = { ...handoffEnvelope.requiredArgs, headRefName: head.branch, headRefOid: head.sha }
  return { ...routing, handoffEnvelope: { ...handoffEnvelope, requiredArgs } }
}

function stoppedBy(identity: BranchIdentity | null, routing: ConductorRouting): ConductorRouting {
  if (identity?.mismatchReason == null) return routing
  const reason = 'What is checked out here is not what the pull request is about.'
  return {
    ...routing,
    routingOutcome: 'stop_needs_human',
    outerAction: 'stop',
    stopReason: 'person_needed',
    handoffEnvelope: { ...routing.handoffEnvelope, loopFamily: null, entrypoint: null, reason },
  }
}
