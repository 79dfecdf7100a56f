#!/usr/bin/env node
// Scripts written for the predecessor ask by this name which loop goes on with a pull request.
import { defineCommand, path, runId, runIfMain, targetOptions } from '../lib/command/index.ts'
import { describeSource } from '../lib/facts/source.ts'

const { repo, pr, stateDir } = targetOptions

export const command = defineCommand({
  name: 'outer-loop',
  summary: 'Say which loop goes on with a pull request: that of its reviews, that of our own review, or none.',
  aliasOf: ['next'],
  details:
    'Asks what `next` asks: where that has work, this never waits and is never done. A pull request that nobody holds is looked at as if your run held it. Each wait ends, at a person at last, also when nobody holds it.',
  writes: 'its checkpoint, one file in the folder of the records',
  options: {
    repo,
    pr: pr.required(),
    runId,
    stateDir,
    checkpointDir: path('<folder>').describe('Keep checkpoints below this folder instead'),
    copilotInput: path('<file>').describe('Saved snapshot of the reviews, in place of GitHub'),
    reviewerInput: path('<file>').describe('Saved snapshot of our own review, in place of GitHub'),
  },
  answers: [
    'outerAction continue_wait, reenter_copilot_loop, reenter_reviewer_loop, stop, done',
    'refused: run_id_required (asyncStartContract rejected); still_waiting with the quotas spent',
  ],
  output: {
    outerAction: 'what the conductor does',
    reason: 'why it stops; absent where it does not',
    copilotState: 'state of the reviews, with reviewerState, reviewerScope and lifecyclePhase',
    conductorRouting: 'routingOutcome, stopReason, ruleId, allowedTransitions, isTerminal, handoffEnvelope',
    branchIdentity: 'whether what is checked out here is what the pull request is about',
    next: 'state, step and actor of `next` for a run that holds it; null with a snapshot',
    checkpoint: 'what is remembered until the next cycle, in checkpointFile',
    autonomyStopAt: 'where policy wants a person',
    asyncStartContract: 'valid, allowed or snapshot_mode',
    missing: 'what was not known and would tell',
    source:
      'graphql; rest when its quota is spent, then with unproved (what REST cannot tell) and wholeAt (until when)',
  },
  exits: [0, 2, 3, 4, 5],
  examples: [
    'dev-loops outer-loop --repo acme/api --pr 88 --run-id r-7f3a',
    'dev-loops outer-loop --repo acme/api --pr 88 --copilot-input copilot.json --reviewer-input reviewer.json',
  ],
  run: async (options, context) => {
    const { runOuterLoop } = await import('../lib/command/detect/outer-loop.ts')
    const { orStillWaiting } = await import('../lib/command/detect/still-waiting.ts')
    return orStillWaiting(() => runOuterLoop(options, context))
  },
  text: (answer) => {
    if (!answer.ok) return answer.message
    const { outerAction, reason, conductorRouting, copilotState, reviewerState } = answer
    const why = reason === undefined ? '' : `: ${reason}`
    const loops = `reviews ${copilotState}, our own review ${reviewerState}`
    return [`${outerAction}${why}  (${conductorRouting.ruleId})`, loops, ...describeSource(answer)].join('\n')
  },
})

await runIfMain(import.meta.url, command)
