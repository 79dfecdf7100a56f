import { describe, expect, it } from 'vitest'
import { readPolicy } from '../../../lib/config/policy.ts'
import { inputFrom, keepable, parseKept } from '../../../lib/dispatch/replay/kept-facts.ts'
import type { DecisionInput } from '../../../lib/loop/decision.ts'
import { decide } from '../../../lib/loop/next.ts'
import { withoutSecrets } from '../../../lib/redact.ts'
import {
  aCheck,
  aHolder,
  anInput,
  anIntent,
  aStop,
  aThread,
  aVerdict,
  aWork,
  checks,
  finished,
  issueFacts,
  judged,
  listed,
  localFacts,
  pullRequestFacts,
} from '../../loop/build.ts'

/** The policy of an observed input always is that of its facts. */
function observed(over: Partial<DecisionInput> = {}): DecisionInput {
  const input = anInput(over)
  return { ...input, policy: readPolicy(input.facts.policyFile), policyDigest: null }
}

const INPUTS: readonly [string, DecisionInput][] = [
  ['a draft', observed()],
  ['an issue', observed({ facts: issueFacts() })],
  ['no pull request', observed({ facts: { ...pullRequestFacts(), pr: null } })],
  ['red checks', observed({ facts: pullRequestFacts({ checks: checks(aCheck('test', 'FAILURE')) }) })],
  ['open threads', observed({ facts: pullRequestFacts({ isDraft: false, threads: listed([aThread()]) }) })],
  ['finished work', observed({ ...finished() })],
  ['findings', observed({ ...judged([aVerdict('draft_gate', { verdict: 'findings_present' })]) })],
  ['nobody here', observed({ you: null, holdings: { target: null, branch: null, issue: null }, local: null })],
  ['another run', observed({ holdings: { target: aHolder({ runId: 'r-9' }), branch: null, issue: null } })],
  [
    'a request to stop',
    observed({ holdings: { target: aHolder({ stopRequested: aStop() }), branch: null, issue: null } }),
  ],
  ['an open intent', observed({ work: aWork({ intents: [anIntent()] }) })],
  ['work to push', observed({ local: localFacts({ ahead: 1, remoteHead: 'b'.repeat(40), pushed: false }) })],
]

const plain = (text: string) => text

function again(input: DecisionInput, redact = plain) {
  const kept = parseKept(keepable(input, redact).text)
  if (kept === null) throw new Error('what was kept cannot be read')
  return inputFrom(kept, input.nowMs)
}

describe('the facts that are kept', () => {
  it.each(INPUTS)('lead to the same decision again: %s', (_name, input) => {
    expect(decide(again(input))).toEqual({ ...decide(input), ...volatile(decide(again(input))) })
  })

  it('have one digest for two looks at the same world', () => {
    const later = observed({ nowMs: 2e12, holdings: { target: aHolder({ endsInMs: 5 }), branch: null, issue: null } })
    const facts = { ...later.facts, observedAt: '2027-01-01T00:00:00Z' }
    expect(keepable({ ...later, facts }, plain).digest).toBe(keepable(observed(), plain).digest)
  })

  it('have another digest once anything that counts changed', () => {
    const { digest } = keepable(observed(), plain)
    expect(keepable(observed({ you: 'r-2' }), plain).digest).not.toBe(digest)
    expect(keepable(observed({ local: null }), plain).digest).not.toBe(digest)
  })

  it('hold no secret that somebody wrote into a text', () => {
    const secret = `ghp_${'a1B2'.repeat(9)}`
    const input = observed({ facts: pullRequestFacts({ title: secret, body: `see https://x:${secret}@host/` }) })
    expect(keepable(input, withoutSecrets).text).not.toContain(secret)
  })

  it('hold bodies only as far as a rule reads them', () => {
    const unread = 'word '.repeat(1_000)
    const text = keepable(observed({ facts: pullRequestFacts({ body: unread }) }), plain).text
    expect(text.length).toBeLessThan(unread.length)

    const file = { status: 'present', path: '.devloops', oid: 'x', text: REFINED } as const
    const closing = { number: 12, repo: 'acme/api', state: 'OPEN', title: '', body: `${unread}\n${CHECKLIST}` } as const
    const facts = { ...pullRequestFacts({ isDraft: true, closingIssues: listed([closing]) }), policyFile: file }
    const refined = observed({ facts })
    expect(decide(refined).state).not.toBe('refinement_missing')
    expect(decide(again(refined)).state).toBe(decide(refined).state)
  })

  it('are not read in the shape of another version', () => {
    expect(parseKept('{"schema":2}')).toBeNull()
    expect(parseKept('half of {')).toBeNull()
  })
})

const REFINED = 'version: 1\ngates:\n  draft:\n    requireRefinement: true\n'
const CHECKLIST = '## Acceptance criteria\n\n- [ ] it works\n'

/** What moves by itself, and what bodies are cut out of. */
function volatile({ ownership, wait, prompt }: ReturnType<typeof decide>) {
  return { ownership, ...(wait ? { wait } : {}), ...(prompt ? { prompt } : {}) }
}
