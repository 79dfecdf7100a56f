/** What detectors answer of facts that were observed over REST. */
import { describe, expect, it } from 'vitest'
import type { PullRequestFacts } from '../../lib/facts/pull-request.ts'
import { allAlternatives } from '../../lib/loop/alternatives.ts'
import type { DecisionInput } from '../../lib/loop/decision.ts'
import { detectGateCoordination } from '../../lib/loop/detectors/gate-coordination.ts'
import { evidenceOfFacts } from '../../lib/loop/detectors/outer-evidence.ts'
import { readSurely } from '../../lib/loop/read-surely.ts'
import { read } from '../../lib/loop/readings/target.ts'
import { infoOfPullRequest } from '../../lib/loop/routing/info.ts'
import { startOfPullRequest } from '../../lib/loop/routing/observed.ts'
import { answerStartup } from '../../lib/loop/routing/startup-answer.ts'
import { aCheck, anInput, aPullRequest, listed, NOW, pullRequestFacts } from './build.ts'
import { byRest, readyToMerge, UNKNOWN, WHOLE_AT } from './by-rest.ts'

const REST = { source: 'rest', wholeAt: WHOLE_AT }

describe('a detector over REST', () => {
  it('says what it would say over GraphQL where nothing that REST cannot tell matters', () => {
    const red = { ...aPullRequest().checks, contexts: listed([aCheck('test', 'FAILURE')]) }
    const input = byRest(anInput({ facts: pullRequestFacts({ isDraft: true, checks: red }) }))
    expect(coordination(input)).toMatchObject({ state: 'checks_failed', ciStatus: 'failure', missing: [], ...REST })
    expect(info(input)).toMatchObject({ handoff: { state: 'checks_failed', action: 'fix' }, ...REST })
    expect(evidenceOfFacts(input, null)).toMatchObject({ next: 'work' })
  })

  it('never says that a pull request may be merged where a review may be required', () => {
    const input = byRest(readyToMerge())
    expect(coordination(readyToMerge())).toMatchObject({ nextActionCode: 'declare_merge_ready' })
    const { forbiddenActions, ...told } = coordination(input)
    expect(told).toMatchObject({
      state: 'facts_unproved',
      gateBoundary: 'blocked',
      loopDisposition: 'pending',
      missing: ['review_decision'],
      ruleId: 'source/unproved',
    })
    expect(forbiddenActions).toContain('declare_merge_ready')
    expect(info(input)).toMatchObject({
      handoff: { action: 'watch', state: 'facts_unproved', by: 'wait', missing: ['review_decision'] },
    })
    expect(evidenceOfFacts(input, null)).toMatchObject({ next: 'wait', decision: { actor: 'wait' } })
    expect(startup(input)).toMatchObject({ bundleKind: 'needs_reconcile', ...REST })
    expect(startup(readyToMerge())).toMatchObject({ bundleKind: 'resolved', source: 'graphql' })
  })

  it('says of a green that a base may not want all of that it is not known', () => {
    const manual = aCheck('deploy', 'ACTION_REQUIRED', { isRequired: null })
    const checks = {
      ...aPullRequest().checks,
      contexts: listed([aCheck('test', 'SUCCESS', { isRequired: null }), manual]),
    }
    const input = byRest(anInput({ facts: pullRequestFacts({ isDraft: false, checks }) }))
    expect(coordination(input)).toMatchObject({
      ciStatus: 'unknown',
      missing: expect.arrayContaining(['required_checks']),
    })
  })

  it('sends nobody to a gate without the issue that the change is for', () => {
    const input = byRest(anInput({ facts: pullRequestFacts({ isDraft: true }) }))
    expect(coordination(anInput({ facts: pullRequestFacts({ isDraft: true }) }))).toMatchObject({
      nextActionCode: 'run_draft_gate',
    })
    expect(coordination(input)).toMatchObject({
      state: 'facts_unproved',
      missing: ['closing_issues'],
      refinementArtifact: { status: 'unknown', linkedIssue: null },
    })
    expect(evidenceOfFacts(input, null)).toMatchObject({ next: 'wait' })
  })

  it('says of a gate that its status is not whole when it cannot tell whose that is', () => {
    const ready = readyToMerge()
    const facts = { ...ready.facts, repository: { ...ready.facts.repository, viewer: '' } } as PullRequestFacts
    const input = byRest({ ...ready, facts }, {}, ['viewer'])
    expect(readSurely(input).pullRequest).toMatchObject({
      preApproval: { state: 'blocked', reason: 'statuses_incomplete' },
    })
    expect(coordination(input)).toMatchObject({ preApprovalGate: { currentHeadClean: false, markerVisible: false } })
    expect(startup(input)).toMatchObject({ bundleKind: 'needs_reconcile' })
  })

  it('names the threads, and begins and ends no wait of ours', () => {
    const input = byRest(anInput(), { threads: UNKNOWN })
    expect(coordination(input)).toMatchObject({ state: 'facts_unproved', missing: expect.arrayContaining(['threads']) })
    const noted = {
      state: 'waiting_for_ci',
      headSha: aPullRequest().head.sha,
      since: new Date(NOW - 9e7).toISOString(),
    }
    expect(evidenceOfFacts(input, noted)).toMatchObject({ next: 'wait', wait: noted })
    expect(evidenceOfFacts(input, null)).toMatchObject({ next: 'wait', wait: null })
  })

  it('says only what comes out the same under every value of what is not proved', () => {
    const seen = { sure: 0, inDoubt: 0 }
    for (const input of many()) {
      const sure = readSurely(input).pullRequest
      const all = allAlternatives(unprovedIn(input), input).map((one) => read(one).pullRequest)
      const told = sure?.gates.state ?? null
      const states = new Set(all.map((one) => one?.gates.state ?? null))
      expect(all.length).toBeGreaterThan(10)
      if (told === 'facts_unproved') seen.inDoubt += 1
      else {
        seen.sure += 1
        expect([...states]).toEqual([told])
      }
    }
    expect(seen.sure).toBeGreaterThan(5)
    expect(seen.inDoubt).toBeGreaterThan(5)
  })
})

/** Pull requests in every stage, as REST gives them. */
function many(): readonly DecisionInput[] {
  const results = ['SUCCESS', 'FAILURE', 'ACTION_REQUIRED', 'CANCELLED'] as const
  return [true, false].flatMap((isDraft) =>
    results.flatMap((result) =>
      [undefined, 'CONFLICTING' as const].flatMap((mergeable) => {
        const contexts = listed([
          aCheck('test', result, { isRequired: null }),
          aCheck('lint', 'SUCCESS', { isRequired: null }),
        ])
        const checks = { ...aPullRequest().checks, contexts }
        const over = { isDraft, checks, ...(mergeable ? { mergeable } : {}) }
        const ready = readyToMerge()
        const facts = ready.facts as PullRequestFacts
        const judgedFacts = { ...facts, pr: facts.pr && { ...facts.pr, isDraft, ...(mergeable ? { mergeable } : {}) } }
        return [byRest(anInput({ facts: pullRequestFacts(over) })), byRest({ ...ready, facts: judgedFacts })]
      }),
    ),
  )
}

function unprovedIn({ facts }: DecisionInput): readonly string[] {
  return facts.source.via === 'rest' ? facts.source.unproved : []
}

function coordination(input: DecisionInput) {
  const detected = detectGateCoordination(input)
  if (!detected.ok) throw new Error(detected.message)
  return detected.value
}

function info(input: DecisionInput) {
  return infoOfPullRequest(prOf(input), input)
}

function startup(input: DecisionInput) {
  return answerStartup(startOfPullRequest(prOf(input), input), input.facts.source)
}

function prOf({ facts }: DecisionInput) {
  if (facts.kind !== 'pull_request' || facts.pr === null) throw new Error('a pull request is needed')
  return facts.pr
}
