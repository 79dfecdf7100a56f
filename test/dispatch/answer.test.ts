/** The prompt that `next` prints must be enough for somebody whom nobody started. */
import { describe, expect, it } from 'vitest'
import { answerOf, describeDecision } from '../../lib/dispatch/answer.ts'
import type { DecisionInput } from '../../lib/loop/decision.ts'
import { decide } from '../../lib/loop/next.ts'
import { aCheck, anInput, aThread, checks, listed, localFacts, pullRequestFacts, RUN } from '../loop/build.ts'

function answer(over: Partial<DecisionInput> = {}) {
  const input = anInput(over)
  return answerOf({ input, decision: decide(input) })
}

const FEEDBACK = { facts: pullRequestFacts({ threads: listed([aThread()]) }) }
const RED = { facts: pullRequestFacts({ checks: checks(aCheck('test', 'FAILURE')) }) }
const RUNNING = { facts: pullRequestFacts({ checks: checks(aCheck('test', null, { status: 'IN_PROGRESS' })) }) }

describe('a prompt for a hand', () => {
  it('names the worktree to go to', () => {
    const { prompt } = answer({ ...RED, local: localFacts({ worktree: '/w/dev loops' }) })

    expect(prompt).toContain('The current folder is "/w/dev loops"')
  })

  it('asks for the next step of the same target, by the same run', () => {
    expect(answer(RED).prompt).toContain(`dev-loops next --repo acme/api --pr 88 --run-id ${RUN}`)
  })

  it('says how to answer a thread exactly where threads are to be answered', () => {
    const reply = `dev-loops threads reply --repo acme/api --pr 88 --thread <id> --run-id ${RUN}`

    expect(answer(FEEDBACK).prompt).toContain(reply)
    expect(answer(RED).prompt).not.toContain('threads reply')
  })

  it('stands before everything that others wrote', () => {
    const { prompt = '' } = answer(FEEDBACK)

    expect(prompt.indexOf('You take this step yourself')).toBe(0)
    expect(prompt.indexOf('~~~~ data')).toBeGreaterThan(0)
  })
})

describe('a wait in words', () => {
  it('says when to ask again', () => {
    expect(describeDecision(answer(RUNNING))).toContain('again in 60 s')
  })
})
