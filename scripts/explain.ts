#!/usr/bin/env node
// The same decision as of `next`, told to a person: why it is so, and what would have to be different.
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
import { exitOf } from '../lib/dispatch/answer.ts'
import { describeExplained } from '../lib/dispatch/explained.ts'

export const command = defineCommand({
  name: 'explain',
  summary: 'Tell a person what an issue or pull request is waiting for, why rule by rule, and what would change it.',
  details:
    'Decides exactly as `next` does, from the same one request, but writes nothing, whoever holds the target. With the quotas spent it explains the wait for them, and exits as `next` does.',
  writes: 'nothing',
  options: {
    ...targetOptions,
    runId,
    allowFork: flag().describe('Also give steps for a pull request from another repository'),
    facts: path('<file>').describe(
      'Explain facts that `next --save-facts` wrote, for the run that asked: no network, no store, no token',
    ),
  },
  rules: [exactlyOneOf('pr', 'issue', 'facts'), ...['repo', 'allowFork'].map((other) => atMostOneOf('facts', other))],
  answers: ['actor command|agent|wait|human|done|stop'],
  output: {
    'target … wait': 'as of `next`, without the prompt',
    means: 'the state in words',
    why: 'for each machine that was asked: machine, state, means, rule, condition, facts',
    otherwise: 'smallest changes that give another step: changes (machine, fact, from, to), leads, says',
  },
  exits: [EXIT.done, EXIT.usage, EXIT.refused, EXIT.waiting, EXIT.outside, EXIT.human, EXIT.stopped],
  examples: ['dev-loops explain --pr 88', 'dev-loops explain --repo acme/api --issue 12 --json'],
  run: async (options, context) => {
    const { explainDecision } = await import('../lib/dispatch/explained.ts')
    if (options.facts !== undefined) {
      const { readSaved } = await import('../lib/dispatch/saved/read-saved.ts')
      return { ok: true as const, ...explainDecision(readSaved(resolve(context.cwd, options.facts))), warnings: [] }
    }
    const { openAsking } = await import('../lib/command/asking.ts')
    const { explainNow } = await import('../lib/dispatch/explain-now.ts')
    const { target, sources, loaded } = await openAsking(options, context)
    return { ok: true as const, ...(await explainNow(target, sources)), warnings: loaded.problems }
  },
  text: (answer) => describeExplained(answer),
  // What was seen is explained, whatever it is; of what was not seen only the wait can be told.
  exit: (answer) => (answer.source === undefined ? exitOf(answer) : EXIT.done),
})

await runIfMain(import.meta.url, command)
