import { expect, it } from 'vitest'
import { type Code, exitCodeFor } from '../../lib/codes.ts'
import { answerOfRun } from '../../lib/command/run-answer.ts'
import { runLoop } from '../../lib/dispatch/run/loop.ts'
import { refuse } from '../../lib/outcome.ts'

/** A run whose only step is a command that answers so. */
async function runInto(error: Code, message: string) {
  const decision = {
    state: 'unpushed_commits',
    actor: 'command',
    step: 'push',
    because: ['local/unpushed'],
    evidence: [],
    target: { host: 'github.com', repo: 'acme/api', number: 2, kind: 'pull_request' },
    ownership: { holder: 'r-1', you: 'r-1' },
  }
  let tries = 0
  const end = await runLoop({
    ask: async () => ({ decision, input: {}, fingerprint: String(tries) }) as never,
    async execute() {
      tries += 1
      return { answer: refuse(error, message), exit: exitCodeFor(error) }
    },
    startAgent: () => Promise.reject(new Error('no agent')),
    onDecision: () => undefined,
    onTurn: () => undefined,
    sleep: async () => undefined,
    signal: new AbortController().signal,
    once: false,
  })
  return { tries, answer: answerOfRun(end, 'r-1') }
}

it.each([
  ['internal_error', 1],
  ['git_failed', 5],
] as const)('a run that a step ended with %s says what the step said, after %i tries', async (code, most) => {
  const { tries, answer } = await runInto(code, 'the remote hung up')
  expect(tries).toBe(most)
  expect(answer).toMatchObject({
    error: code,
    message: `acme/api#2 is unpushed_commits (local/unpushed); push ended with ${code}: the remote hung up`,
  })
})
