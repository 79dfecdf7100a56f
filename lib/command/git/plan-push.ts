/** Which commit of a target goes where, by whose rules, and what stands against it. */

import { type PushPlan, type PushRequest, planPush } from '../../git/push.ts'
import { type PushEffect, pushEffect } from '../../git/push-effect.ts'
import type { Fencing } from '../../git/push-fenced.ts'
import { accept, type Outcome, refuse } from '../../outcome.ts'
import type { CommandContext } from '../define.ts'
import { type Acting, openOwnership } from '../services.ts'
import { holdBranch, openWorkplace, type Workplace, type WorkplaceWords } from '../worktree/workplace.ts'
import { fencingFor } from './fencing.ts'

export interface PushWords extends WorkplaceWords {
  readonly expect?: string | undefined
  readonly rewrite?: boolean | undefined
}

export interface PlannedPush {
  readonly plan: PushPlan
  readonly effect: PushEffect
  readonly fencing: Fencing
  readonly warnings: readonly string[]
}

/** @param acting `null`: nothing will be pushed, so the branch is not claimed either */
export async function planTargetPush(
  words: PushWords,
  acting: Acting | null,
  context: CommandContext,
): Promise<Outcome<PlannedPush>> {
  const opened = await openWorkplace(words, context)
  if (!opened.ok) return opened
  const place = opened.value
  const asked = requestFor(place, words)
  if (!asked.ok) return asked

  const plan = await planPush(asked.value)
  if (!plan.ok) return plan
  const held = acting === null ? accept(0) : await holdBranch(place, acting.runId, words, context)
  if (!held.ok) return held
  const { local } = place.input
  // Without a run only the level is asked for, and nothing is sent.
  const holder = acting ?? { runId: '', token: 0, ownership: await openOwnership(place.target, words, context) }
  const fencing = await fencingFor(place, { ...holder, branchToken: held.value })
  const warnings = local?.dirty || local?.untracked ? ['uncommitted_work'] : []
  return accept({ plan: plan.value, effect: pushEffect(plan.value, asked.value, fencing), fencing, warnings })
}

function requestFor(place: Workplace, words: PushWords): Outcome<PushRequest> {
  const { input, git, branch, base, remote, worktree, fork } = place
  const { local, policy } = input
  if (!place.open)
    return refuse('precondition_failed', 'the target is closed; nothing is pushed to it any more, ask next')
  if (!policy.ok) return refuse('policy_unproved', `nothing is pushed while policy cannot be read: ${policy.message}`)
  if (worktree === null || local === null) {
    return refuse(
      'precondition_failed',
      `there is no worktree for ${branch} in this clone; make it with worktree create`,
    )
  }
  if (local.remoteHead === null) {
    return refuse(
      'precondition_failed',
      `where ${branch} stands on the remote is not known; look at the remote, then try again`,
    )
  }
  if (local.remoteHead === 'absent' && local.aheadOfBase === 0) {
    return refuse('precondition_failed', `${branch} has no commit that ${base} lacks; commit the work first`, {
      evidence: ['no_commit'],
    })
  }

  const seen = local.remoteHead === 'absent' ? null : local.remoteHead
  return accept({
    ...git,
    worktree: worktree.path,
    branch,
    base,
    remote,
    expectedRemoteHead: words.expect ?? seen,
    protectedBranches: policy.value.protect.branches,
    deadlineMs: place.deadlineMs,
    rewrite: words.rewrite ?? false,
    ...(fork === null ? {} : { fork }),
  })
}
