#!/usr/bin/env node
// The one question: what is the next step for this target, and may I take it?
import { resolve } from 'node:path'
import { EXIT } from '../lib/codes.ts'
import {
  atMostOneOf,
  defineCommand,
  exactlyOneOf,
  flag,
  path,
  runId,
  runIfMain,
  targetOptions,
} from '../lib/command/index.ts'
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
    facts: path('<file>').describe(
      'Decide from facts that were saved, as then and for the run that asked: no network, no store, no token',
    ),
    saveFacts: path('<file>').describe('Also write everything that was observed to this file, without secrets'),
  },
  rules: [
    exactlyOneOf('pr', 'issue', 'facts'),
    ...['repo', 'allowFork', 'saveFacts'].map((other) => atMostOneOf('facts', other)),
  ],
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
    source:
      'graphql; rest when its quota is spent, then with unproved (what REST cannot tell) and wholeAt (until when)',
    evidence: 'what was tried and did not help',
    facts: 'what the decision is about, in short',
    waitingFor: 'why it does not go on by itself: ready (it does), working, checks, external_review, operator_input, …',
    wait: 'endsWhen (event), untilMs (the latest end), pollMs, afterwards (state, step, actor that follow then)',
  },
  exits: [EXIT.done, EXIT.usage, EXIT.refused, EXIT.waiting, EXIT.outside, EXIT.human, EXIT.stopped],
  examples: [
    'dev-loops next --issue 12 --run-id r-7f3a',
    'dev-loops next --repo acme/api --pr 88 --json',
    'dev-loops next --facts seen.json',
  ],
  run: async (options, context) => {
    if (options.facts !== undefined) {
      const { decideSaved } = await import('../lib/dispatch/saved/decide-saved.ts')
      return { ok: true as const, ...answerOf(decideSaved(resolve(context.cwd, options.facts))), warnings: [] }
    }
    const { openAsking } = await import('../lib/command/asking.ts')
    const { askOrWait, wasSeen } = await import('../lib/dispatch/ask-or-wait.ts')
    const { target, sources, loaded } = await openAsking(options, context)
    const asked = await askOrWait(target, sources)
    if (options.saveFacts !== undefined) {
      const { saveFacts } = await import('../lib/command/saving.ts')
      saveFacts(wasSeen(asked) ? asked.input : null, options.saveFacts, context)
    }
    return { ok: true as const, ...answerOf(asked), warnings: loaded.problems }
  },
  text: (answer) => describeDecision(answer),
  exit: (answer) => exitOf(answer),
})

await runIfMain(import.meta.url, command)
