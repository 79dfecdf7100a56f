/** The predecessor's questions about gates, our own review and the outer loop, asked of a forge. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Loose } from '../forge/with-forge.ts'
import { aContext } from '../support/context.ts'
import { aPullRequest, type OpenedPullRequest, openStage, REPO, type Seat, type Stage } from './stage.ts'

let stage: Stage
let seat: Seat
let pull: OpenedPullRequest
beforeAll(async () => {
  stage = await openStage({ issues: 1 })
  seat = await stage.checkout()
  pull = await aPullRequest(seat)
  await seat.untilChecked(pull.number)
})
afterAll(() => stage.end())

async function ask(line: string): Promise<Loose> {
  const context = aContext({ cwd: seat.cwd, env: { ...seat.env } })
  const { answer, exit } = await context.execute([...line.split(' '), '--repo', REPO, '--pr', String(pull.number)])
  return { exit, ...answer }
}

/** Makes the seat's own checkout stand in the middle of a merge that conflicts. */
async function leaveConflict(): Promise<void> {
  const as = ['-c', 'user.name=Dev', '-c', 'user.email=dev@example.test']
  await seat.git('switch', '--quiet', '--create', 'other', 'main')
  await writeFile(join(seat.cwd, 'app.txt'), 'another line\n')
  await seat.git(...as, 'commit', '--quiet', '--all', '-m', 'Change the same')
  await seat.git('switch', '--quiet', pull.branch)
  await seat.git(...as, 'merge', '--quiet', 'other').catch(() => '')
}

describe('a draft that nobody holds', () => {
  it('stands at the draft gate, has no review of ours, and has work for the loop', async () => {
    const before = await stage.forge.effects()
    expect(await ask('detect-pr-gate-coordination-state')).toMatchObject({
      exit: 0,
      gateBoundary: 'draft_review',
      nextActionCode: 'run_draft_gate',
      currentHeadSha: pull.head,
      conflictFiles: [],
      draftGate: { state: 'none', reasonCode: 'no_record' },
    })
    expect(await ask('detect-reviewer-loop-state')).toMatchObject({
      exit: 0,
      state: 'waiting_for_review_request',
      snapshot: { prDraft: true, prHeadSha: pull.head },
    })
    expect(await ask('outer-loop --run-id r-1')).toMatchObject({
      exit: 0,
      outerAction: 'reenter_copilot_loop',
      copilotState: 'pr_draft',
      next: { step: 'run_draft_gate', actor: 'command' },
      conductorRouting: { handoffEnvelope: { requiresLocalIsolation: true, requiredArgs: { headRefOid: pull.head } } },
    })
    expect(await stage.forge.effects()).toEqual(before)
  })

  it('is left to the run that took it, and to nobody else', async () => {
    expect(await ask('ownership claim --run-id r-2')).toMatchObject({ exit: 0 })

    expect(await ask('outer-loop --run-id r-1')).toMatchObject({
      outerAction: 'continue_wait',
      conductorRouting: { routingOutcome: 'stay_with_current_live_owner' },
      checkpoint: { waitCycles: 1 },
    })
    expect(await ask('outer-loop --run-id r-1')).toMatchObject({ checkpoint: { waitCycles: 2 } })
    expect(await ask('outer-loop --run-id r-2')).toMatchObject({ outerAction: 'reenter_copilot_loop' })
    expect(await ask('detect-pr-gate-coordination-state --run-id r-1')).toMatchObject({
      exit: 3,
      error: 'active_run_exists',
      holder: 'r-2',
    })
    expect(await ask('detect-pr-gate-coordination-state --run-id r-2')).toMatchObject({ exit: 0 })
    expect(await ask('ownership release --run-id r-2')).toMatchObject({ exit: 0 })
  })

  it('loop-state 16.18: is in conflict where a checkout of its branch is, as `next` says too', async () => {
    await leaveConflict()
    expect(await ask('detect-pr-gate-coordination-state')).toMatchObject({
      gateBoundary: 'conflict_resolution',
      conflictFiles: ['app.txt'],
    })
    expect(await ask('outer-loop --run-id r-1')).toMatchObject({ copilotState: 'pr_draft', next: { actor: 'command' } })

    await seat.git('merge', '--abort')
    await seat.git('switch', '--quiet', 'other')
    await seat.git('merge', '--quiet', pull.branch).catch(() => '')
    expect(await ask('detect-pr-gate-coordination-state')).toMatchObject({
      gateBoundary: 'draft_review',
      conflictFiles: [],
    })
  })
})
