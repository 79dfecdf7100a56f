#!/usr/bin/env node
// The whole loop for one target, for whoever has an agent's command and wants to be told only when a
// person is needed.
import { EXIT, exitCodeFor } from '../lib/codes.ts'
import {
  defineCommand,
  exactlyOneOf,
  flag,
  runIdentifier,
  runIfMain,
  targetOptions,
  text,
} from '../lib/command/index.ts'
import { stoppedByEof, untilEof } from '../lib/command/until-eof.ts'

export const command = defineCommand({
  name: 'run',
  summary: 'Take an issue or pull request from step to step until it is merged or somebody else has to act.',
  details:
    'Claims the target, starts the configured agents, and recovers by itself when it is killed and called again. It only does what `next` prints.',
  writes: 'records, the worktree and branch, the pull request',
  options: {
    ...targetOptions,
    runId: runIdentifier()
      .env('DEV_LOOPS_RUN_ID', 'PI_SUBAGENT_RUN_ID')
      .describe('Run that works; a new one is named when it is left out'),
    agent: text('<command>').describe('Developer, as a JSON array or words, instead of agents.developer.command'),
    once: flag().describe('Take one step and stop'),
    allowFork: flag().describe('Also work on a pull request from another repository'),
    untilEof,
  },
  rules: [exactlyOneOf('pr', 'issue')],
  answers: [
    'done',
    'once',
    'active_run_exists',
    'no_progress',
    'ownership_lost',
    'cancelled',
    'the state that needs a person',
  ],
  output: {
    status: 'done, once, or why it ended',
    runId: 'the run',
    state: 'state of the target at the end',
    target: 'host, repo, number, kind',
    because: 'rules of the last decision',
    evidence: 'what was tried and did not help',
    turns: 'each step: state, step, actor, rule, outcome',
    warnings: 'what failed beside the work, such as worker_not_registered; absent: nothing',
  },
  exits: [EXIT.done, EXIT.usage, EXIT.refused, EXIT.outside, EXIT.human, EXIT.stopped],
  examples: ['dev-loops run --issue 12', 'dev-loops run --pr 88 --agent \'["claude","-p"]\''],
  run: async (options, context) => {
    const { runTarget } = await import('../lib/command/run-target.ts')
    return runTarget(options, options.untilEof ? stoppedByEof(context) : context)
  },
  text: (answer) =>
    answer.ok ? `${answer.status}: ${answer.state} after ${answer.turns.length} steps` : answer.message,
  // A run that lost its target was stopped at work; to one that never had it another code is answered.
  exit: (answer) => {
    if (answer.ok) return EXIT.done
    return answer.error === 'ownership_lost' ? EXIT.stopped : exitCodeFor(answer.error)
  },
})

await runIfMain(import.meta.url, command)
