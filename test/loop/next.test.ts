import { describe, expect, it } from 'vitest'
import { decide } from '../../lib/loop/next.ts'
import {
  aCheck,
  aHolder,
  anInput,
  anIntent,
  aStop,
  aWork,
  checks,
  EARLIER,
  HEAD,
  localFacts,
  NOW,
  pullRequestFacts,
  RUN,
} from './build.ts'

describe('ownership comes before everything else', () => {
  it('asks a run to claim what nobody holds, and names the missing run id', () => {
    const holdings = { target: null, branch: null, issue: null }
    expect(decide(anInput({ holdings }))).toMatchObject({
      state: 'unclaimed',
      step: 'claim',
      actor: 'command',
      command: ['dev-loops', 'ownership', 'claim', '--repo', 'acme/api', '--pr', '88', '--run-id', RUN],
      missing: [],
    })
    expect(decide(anInput({ holdings, you: null }))).toMatchObject({
      command: ['dev-loops', 'ownership', 'claim', '--repo', 'acme/api', '--pr', '88'],
      missing: ['run_id'],
    })
  })

  it('waits for another living run and names it, whatever the pull request needs', () => {
    const target = aHolder({ runId: 'r-other', endsInMs: 9_000 })
    const decision = decide(anInput({ holdings: { target, branch: null, issue: null } }))
    expect(decision).toMatchObject({
      state: 'owned_by_another',
      actor: 'wait',
      ownership: { holder: 'r-other', you: RUN },
    })
    expect(decision.wait).toEqual({
      endsWhen: 'claim_released_or_ended',
      untilMs: NOW + 9_000,
      pollMs: 9_000,
      afterwards: { state: 'previous_run_over', step: 'claim', actor: 'command' },
    })
    expect(decision.command).toBeUndefined()
  })

  it('waits a day at most for a claim that ends only with its process, then asks a person', () => {
    const since = new Date(NOW - 60_000).toISOString()
    const holder = (at: string | null) => ({ target: aHolder({ runId: 'r-other', endsInMs: null, since: at }) })
    const asked = (at: string | null) => decide(anInput({ holdings: { ...holder(at), branch: null, issue: null } }))
    expect(asked(since)).toMatchObject({
      actor: 'wait',
      waitingFor: 'working',
      wait: { untilMs: NOW - 60_000 + 86_400_000, afterwards: { state: 'held_without_end', actor: 'human' } },
    })
    expect(asked(new Date(NOW - 86_400_000).toISOString())).toMatchObject({ state: 'held_without_end' })
    expect(asked(null)).toMatchObject({ state: 'held_without_end', waitingFor: 'operator_input' })
  })

  it('tells the branch’s holder to a run that comes to the pull request between issue and pull request', () => {
    const branch = aHolder({ runId: 'r-issue' })
    const decision = decide(anInput({ holdings: { target: null, branch, issue: null } }))
    expect(decision).toMatchObject({ state: 'branch_held_by_other', actor: 'wait', ownership: { holder: 'r-issue' } })
  })

  it('stops a displaced run and one that was asked to stop', () => {
    const other = { target: aHolder({ runId: 'r-new' }), branch: null, issue: null }
    expect(decide(anInput({ holdings: other, displaced: true }))).toMatchObject({ state: 'displaced', actor: 'stop' })
    const asked = { target: aHolder({ stopRequested: aStop({ reason: 'lunch' }) }), branch: null, issue: null }
    expect(decide(anInput({ holdings: asked }))).toMatchObject({ state: 'asked_to_stop', actor: 'stop' })
  })

  it('lets only a person end a claim that never ends by itself', () => {
    const target = aHolder({ runId: 'r-other', alive: 'unknown', endsInMs: null })
    const decision = decide(anInput({ holdings: { target, branch: null, issue: null } }))
    expect(decision).toMatchObject({ state: 'held_without_end', actor: 'human', missing: ['end_of_claim'] })
    expect(decision.ownership.holder).toBe('r-other')
  })

  it('claims again after its own lease ran out, and what a dead run left', () => {
    const mine = { target: aHolder({ alive: 'ended', endsInMs: 0 }), branch: null, issue: null }
    expect(decide(anInput({ holdings: mine }))).toMatchObject({ state: 'lease_over', step: 'claim' })
    const other = { target: aHolder({ runId: 'r-dead', alive: 'ended', endsInMs: 0 }), branch: null, issue: null }
    expect(decide(anInput({ holdings: other }))).toMatchObject({ state: 'previous_run_over', step: 'claim' })
  })
})

describe('what a run left half done', () => {
  it('is settled first when it was announced under an earlier claim', () => {
    const decision = decide(anInput({ work: aWork({ intents: [anIntent()] }) }))
    expect(decision).toMatchObject({ state: 'effects_unsettled', step: 'recover', actor: 'command' })
  })

  it('is waited for under the standing claim until its deadline, and settled after it', () => {
    const work = aWork({ intents: [anIntent({ token: 3 })] })
    expect(decide(anInput({ work }))).toMatchObject({
      state: 'effect_under_way',
      actor: 'wait',
      wait: { untilMs: NOW + 29_000 },
    })
    expect(decide(anInput({ work, nowMs: NOW + 29_000 }))).toMatchObject({ state: 'effects_unsettled' })
  })

  it('never tells an agent to end itself while its runner lives', () => {
    const process = { pid: 1, startTime: '1', bootId: 'b' }
    const holder = aHolder({ process: { machineId: 'm', bootId: 'b', pidNamespace: 'n', pid: 2, startTime: '1' } })
    const work = aWork({ intents: [anIntent({ token: 3, process })] })
    const holdings = { target: holder, branch: null, issue: null }
    expect(decide(anInput({ work, holdings, nowMs: NOW + 3_600_000 }))).toMatchObject({ state: 'effect_under_way' })
  })
})

describe('local evidence comes before GitHub', () => {
  const cases: [string, Parameters<typeof localFacts>[0], object][] = [
    ['finished commits are pushed', { ahead: 2, pushed: false, head: EARLIER }, { step: 'push', actor: 'command' }],
    [
      'commits beside uncommitted work go back to the agent',
      { ahead: 1, dirty: true },
      { step: 'commit_work', actor: 'agent' },
    ],
    ['foreign commits are adopted', { remoteHeadIsAncestor: false }, { step: 'adopt_remote', actor: 'command' }],
    [
      'a history that shares nothing with the remote is pushed nowhere',
      { related: false, ahead: 2, pushed: false, head: EARLIER },
      { state: 'history_unrelated', actor: 'human', evidence: ['history_unrelated'] },
    ],
    [
      'work goes on only once somebody looked at what an agent pushed to a branch of its own choosing',
      { strayed: ['my-own-idea'], ahead: 2, pushed: false, head: EARLIER },
      { state: 'pushed_elsewhere', actor: 'human', evidence: ['pushed_elsewhere: my-own-idea'] },
    ],
    ['work that reverts a person’s commit stops at a person', { revertsForeign: true }, { actor: 'human' }],
    [
      'an unread remote is not taken for pushed',
      { remoteHead: null, pushed: null },
      { state: 'local_unproved', actor: 'wait', missing: ['remoteHead'] },
    ],
    ['uncounted commits are not taken for none', { ahead: null }, { state: 'local_unproved', missing: ['ahead'] }],
    [
      'an answer about an older head is asked for again',
      { head: EARLIER, remoteHead: EARLIER },
      { state: 'head_not_observed', actor: 'wait' },
    ],
  ]
  it.each(cases)('%s', (_claim, local, expected) => {
    expect(decide(anInput({ local: localFacts(local) }))).toMatchObject(expected)
  })

  it('lets uncommitted leftovers wait with the pull request, but shows them to the next agent', () => {
    const facts = pullRequestFacts({ checks: checks(aCheck('test', 'FAILURE')) })
    const decision = decide(anInput({ facts, local: localFacts({ dirty: true }) }))
    expect(decision).toMatchObject({ step: 'fix_checks', actor: 'agent', evidence: ['uncommitted_work'] })
  })
})

describe('budgets and limits end at a person', () => {
  it('names the spent budget and what was tried', () => {
    const facts = pullRequestFacts({ checks: checks(aCheck('test', 'FAILURE')) })
    const work = aWork({ budgets: { fix_checks: { heads: [], attempts: 3 } }, evidence: ['no_commit'] })
    expect(decide(anInput({ facts, work }))).toMatchObject({
      state: 'checks_failed',
      actor: 'human',
      evidence: ['budget_spent: fixChecks 3 of 3', 'no_commit'],
    })
  })

  it('asks a person once checks ran for too long', () => {
    const facts = pullRequestFacts({ checks: checks(aCheck('test', null)) })
    const work = aWork({ wait: { state: 'waiting_for_ci', head: HEAD, sinceMs: NOW - 3_600_000 } })
    expect(decide(anInput({ facts, work }))).toMatchObject({
      state: 'waiting_for_ci',
      actor: 'human',
      evidence: ['waited_too_long'],
    })
  })

  it('counts a wait anew for a new head', () => {
    const facts = pullRequestFacts({ checks: checks(aCheck('test', null)) })
    const work = aWork({ wait: { state: 'waiting_for_ci', head: EARLIER, sinceMs: NOW - 3_600_000 } })
    expect(decide(anInput({ facts, work }))).toMatchObject({ actor: 'wait', wait: { untilMs: NOW + 3_600_000 } })
  })

  it('gives an agent a worktree first', () => {
    const facts = pullRequestFacts({ checks: checks(aCheck('test', 'FAILURE')) })
    expect(decide(anInput({ facts, local: null }))).toMatchObject({
      state: 'checks_failed',
      step: 'create_worktree',
      actor: 'command',
    })
  })

  it('touches a pull request from another repository only when allowed', () => {
    const facts = pullRequestFacts({ isCrossRepository: true })
    expect(decide(anInput({ facts }))).toMatchObject({ step: 'allow_fork', actor: 'human' })
    expect(decide(anInput({ facts, allowFork: true }))).toMatchObject({ step: 'request_copilot_review' })
  })
})

describe('what is over is cleaned up in order', () => {
  const facts = pullRequestFacts({ state: 'MERGED' })
  const mine = aHolder()
  const gone = localFacts({ worktree: null })
  const held = (target: boolean, branch: boolean, issue: boolean) => ({
    target: target ? mine : null,
    branch: branch ? mine : null,
    issue: { number: 12, holder: issue ? mine : null },
  })

  it.each([
    ['the worktree', localFacts(), held(true, true, true), ['worktree', 'remove', '--repo', 'acme/api', '--pr', '88']],
    ['the pull request', gone, held(true, true, true), ['ownership', 'release', '--repo', 'acme/api', '--pr', '88']],
    [
      'the branch',
      gone,
      held(false, true, true),
      ['ownership', 'release', '--repo', 'acme/api', '--branch', 'dev-loops/issue-12'],
    ],
    ['the issue', gone, held(false, false, true), ['ownership', 'release', '--repo', 'acme/api', '--issue', '12']],
  ])('%s', (_what, local, holdings, argv) => {
    expect(decide(anInput({ facts, local, holdings })).command).toEqual(['dev-loops', ...argv, '--run-id', RUN])
  })

  it('is done once nothing is held, also for those who never held it', () => {
    expect(decide(anInput({ facts, local: gone, holdings: held(false, false, false) }))).toMatchObject({
      state: 'done',
      actor: 'done',
      step: null,
    })
    expect(decide(anInput({ facts, local: null, you: null }))).toMatchObject({ actor: 'done' })
  })

  it.each(['MERGED', 'CLOSED'] as const)('%s stands at the boundary done', (state) => {
    const decision = decide(anInput({ facts: pullRequestFacts({ state }), local: gone }))
    expect(decision.facts).toMatchObject({ boundary: 'done', pullRequest: 88, head: HEAD })
  })

  it('leaves uncommitted work to a person', () => {
    const local = localFacts({ untracked: 2 })
    expect(decide(anInput({ facts, local, holdings: held(true, false, false) }))).toMatchObject({
      state: 'work_left_behind',
      actor: 'human',
    })
  })

  it('takes a dead run’s claim before it removes what that left', () => {
    const target = aHolder({ runId: 'r-dead', alive: 'ended', endsInMs: 0 })
    const holdings = { target, branch: null, issue: null }
    expect(decide(anInput({ facts, holdings }))).toMatchObject({ state: 'claim_ended', step: 'claim' })
    expect(decide(anInput({ facts, holdings, local: gone }))).toMatchObject({ actor: 'done' })
  })

  it('never writes a branch name that others chose into a command', () => {
    const foreign = pullRequestFacts({ state: 'MERGED', head: { sha: HEAD, branch: 'x;rm -rf ~', repo: 'acme/api' } })
    expect(decide(anInput({ facts: foreign, local: gone, holdings: held(false, true, false) }))).toMatchObject({
      actor: 'done',
    })
  })
})
