#!/usr/bin/env node
// The one question: what is the next step for this target, and may I take it?
import { EXIT } from '../lib/codes.ts'
import { defineCommand, exactlyOneOf, flag, runId, runIfMain, targetOptions } from '../lib/command/index.ts'
import { answerOf, describeDecision, exitOf } from '../lib/dispatch/answer.ts'

export const command = defineCommand({
  name: 'next',
  summary: 'Say the one next step of an issue or pull request, who takes it, and why.',
  details:
    'Asks GitHub once and changes nothing there; with its quotas spent the answer is to wait until they are renewed. For the run that holds the target it also renews the lease and counts repairs that are handed out.',
  writes: 'the record of the target, if your run holds it',
  options: {
    ...targetOptions,
    runId,
    allowFork: flag().describe('Also give steps for a pull request from another repository'),
  },
  rules: [exactlyOneOf('pr', 'issue')],
  answers: ['actor command|agent|wait|human|done|stop'],
  output: {
    target: 'host, repo, number, kind: the pull request once there is one',
    state: 'the name of the state it is in',
    step: 'what is to be done',
    actor: 'command: run `command`; agent: do what `prompt` says; wait: ask again later; human: a person; done; stop',
    command: 'argument array of the command to run',
    prompt: 'what an agent is to do',
    ownership: 'holder, you, token, endsInMs',
    because: 'ids of the rules that fired',
    missing: 'what was not known or not given',
    source: 'graphql; rest when its quota is spent, which cannot tell everything: see evidence and missing',
    evidence: 'what was tried and did not help',
    facts: 'what the decision is about, in short',
    waitingFor: 'why it does not go on by itself: ready (it does), working, checks, external_review, operator_input, …',
    wait: 'endsWhen (event), untilMs (the latest end), pollMs, afterwards (state, step, actor that follow then)',
  },
  exits: [EXIT.done, EXIT.usage, EXIT.refused, EXIT.waiting, EXIT.outside, EXIT.human, EXIT.stopped],
  examples: ['dev-loops next --issue 12 --run-id r-7f3a', 'dev-loops next --repo acme/api --pr 88 --json'],
  run: async (options, context) => {
    const { openAsking } = await import('../lib/command/asking.ts')
    const { askOrWait } = await import('../lib/dispatch/ask-or-wait.ts')
    const { target, sources, loaded } = await openAsking(options, context)
    return { ok: true as const, ...answerOf(await askOrWait(target, sources)), warnings: loaded.problems }
  },
  text: (answer) => describeDecision(answer),
  exit: (answer) => exitOf(answer),
})

await runIfMain(import.meta.url, command)
