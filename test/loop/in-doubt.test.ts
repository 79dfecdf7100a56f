import { describe, expect, it } from 'vitest'
import type { PullRequestFacts } from '../../lib/facts/pull-request.ts'
import { decideInDoubt, isInDoubt } from '../../lib/loop/in-doubt.ts'
import { decide } from '../../lib/loop/next.ts'
import { decideUnobserved } from '../../lib/loop/unobserved.ts'
import {
  aCheck,
  aHolder,
  anInput,
  aPullRequest,
  aStop,
  aWork,
  listed,
  NOW,
  policyWith,
  pullRequestFacts,
} from './build.ts'
import { byRest, readyToMerge, UNKNOWN, WHOLE_AT } from './by-rest.ts'

describe('what was observed over REST', () => {
  it('is decided as ever where nothing that it cannot tell matters', () => {
    const red = { ...aPullRequest().checks, contexts: listed([aCheck('test', 'FAILURE')]) }
    const input = byRest(anInput({ facts: pullRequestFacts({ isDraft: true, checks: red }) }))
    const { evidence, ...decision } = decideInDoubt(input)
    expect(decision).toMatchObject({ state: 'checks_failed', step: 'fix_checks', actor: 'agent' })
    expect(evidence).toEqual([`graphql_quota_spent: until ${WHOLE_AT}`])
  })

  it('with remarks waits for GraphQL and names the threads, whatever else is known', () => {
    const decision = decideInDoubt(byRest(anInput(), { threads: UNKNOWN }))
    expect(decision).toMatchObject({ state: 'facts_unproved', step: 'observe', actor: 'wait', missing: ['threads'] })
    const afterwards = { state: 'github_answers', step: 'ask_again', actor: 'command' }
    expect(decision.wait).toMatchObject({ endsWhen: 'facts_complete', untilMs: NOW + 1_800_000, afterwards })
    expect(isInDoubt(decision)).toBe(true)
  })

  it('asks no person about a check that the base may not want', () => {
    const green = aCheck('test', 'SUCCESS', { isRequired: null })
    const manual = aCheck('deploy', 'ACTION_REQUIRED', { isRequired: null })
    const checks = { ...aPullRequest().checks, contexts: listed([green, manual]) }
    const input = anInput({ facts: pullRequestFacts({ isDraft: false, checks }) })
    expect(decide(input)).toMatchObject({ actor: 'human' })
    expect(decideInDoubt(byRest(input))).toMatchObject({ actor: 'wait', missing: ['required_checks'] })
  })

  it('never merges where a review may be required', () => {
    const mergeable = readyToMerge()
    expect(decide(mergeable)).toMatchObject({ step: 'merge' })
    const decision = decideInDoubt(byRest(mergeable))
    expect(decision).toMatchObject({ actor: 'wait', state: 'facts_unproved', missing: ['review_decision'] })
    expect(decision.command).toBeUndefined()
  })

  it('never judges a change without the issue that it is for', () => {
    const draft = anInput({ facts: pullRequestFacts({ isDraft: true }) })
    expect(decide(draft)).toMatchObject({ step: 'run_draft_gate' })
    expect(decideInDoubt(byRest(draft))).toMatchObject({ actor: 'wait', missing: ['closing_issues'] })
  })

  it('asks no person for a checklist that may well be there', () => {
    const draft = anInput({ facts: pullRequestFacts({ isDraft: true }) })
    if (!draft.policy.ok) throw new Error('the default policy can be read')
    const gates = { ...draft.policy.value.gates, draft: { ...draft.policy.value.gates.draft, requireRefinement: true } }
    const strict = { ...draft, policy: { ok: true as const, value: { ...draft.policy.value, gates } } }
    expect(decide(byRest(strict))).toMatchObject({ state: 'refinement_missing', actor: 'human' })
    expect(decideInDoubt(byRest(strict))).toMatchObject({ actor: 'wait', missing: ['closing_issues'] })
  })

  it('never takes a verdict for missing because it cannot tell whose it is', () => {
    const mergeable = readyToMerge()
    const facts = { ...mergeable.facts, repository: { ...mergeable.facts.repository, viewer: '' } } as PullRequestFacts
    const decision = decideInDoubt(byRest({ ...mergeable, facts }, {}, ['viewer']))
    expect(decision).toMatchObject({ actor: 'wait', missing: expect.arrayContaining(['viewer']) })
  })

  it('asks no person to hear a comment that may well be our own', () => {
    const said = { authorAssociation: 'MEMBER', body: 'Done.', createdAt: '2026-03-01T11:00:00Z', url: '' }
    const comment = { ...said, id: 'C_1', author: { login: 'robin', isBot: false }, updatedAt: said.createdAt }
    const facts = pullRequestFacts({ comments: listed([comment]) })
    const nobody = { ...facts, repository: { ...facts.repository, viewer: '' } }
    const work = aWork({ heardUntil: '2026-03-01T09:00:00Z' })
    const policy = policyWith({ autonomy: { stopAt: ['comment'] } })
    const input = byRest(anInput({ facts: nobody, work, policy }), {}, ['viewer'])
    expect(decide(input)).toMatchObject({ state: 'human_comment_pause', actor: 'human' })
    expect(decideInDoubt(input)).toMatchObject({ actor: 'wait', missing: expect.arrayContaining(['viewer']) })
  })

  it('waits for GraphQL without end of its own patience: no person is asked because a quota is spent', () => {
    const wait = { state: 'facts_unproved', head: aPullRequest().head.sha, sinceMs: NOW - 86_400_000 }
    const input = anInput()
    const decision = decideInDoubt(byRest({ ...input, work: { ...input.work, wait } }, { threads: UNKNOWN }))
    expect(decision).toMatchObject({ actor: 'wait', state: 'facts_unproved' })
  })

  it('still says who holds the target, and what is over', () => {
    const held = anInput({ you: 'other' })
    expect(decideInDoubt(byRest(held, { threads: UNKNOWN }))).toMatchObject({ state: 'owned_by_another' })
    const merged = anInput({ facts: pullRequestFacts({ state: 'MERGED' }), holdings: NOBODY })
    expect(decideInDoubt(byRest(merged))).toMatchObject({ actor: 'done' })
  })
})

describe('what could not be observed at all', () => {
  const seen = { target: { host: 'github.com', repo: 'acme/api', number: 88, kind: 'pull_request' as const } }
  const blind = (over: Partial<Parameters<typeof decideUnobserved>[0]> = {}) =>
    decideUnobserved({
      ...seen,
      you: 'r-1',
      holdings: NOBODY,
      displaced: false,
      nowMs: NOW,
      againAtMs: NOW + 60_000,
      spent: ['graphql_quota_spent: until then'],
      ...over,
    })

  it('is waited for until GitHub answers again', () => {
    expect(blind()).toMatchObject({
      state: 'quota_spent',
      step: 'wait_for_quota',
      actor: 'wait',
      missing: ['github'],
      wait: { untilMs: NOW + 60_000, pollMs: 60_000, afterwards: { step: 'ask_again', actor: 'command' } },
    })
  })

  it('leaves a request to stop, and who holds the target, as they are', () => {
    const target = aHolder({ runId: 'r-1', stopRequested: aStop() })
    expect(blind({ holdings: { ...NOBODY, target } })).toMatchObject({ state: 'asked_to_stop', actor: 'stop' })
    const other = aHolder({ runId: 'r-2' })
    expect(blind({ holdings: { ...NOBODY, target: other } })).toMatchObject({
      state: 'owned_by_another',
      actor: 'wait',
      ownership: { holder: 'r-2', you: 'r-1' },
    })
  })
})

const NOBODY = { target: null, branch: null, issue: null }
