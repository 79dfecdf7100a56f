#!/usr/bin/env node
import { ACTING_REFUSALS, openActing, pullRequestOptions } from '../../lib/command/acting.ts'
// Threads are settled after they were answered; with --answered every such thread, and no other.
import { defineCommand, exactlyOneOf, flag, runIfMain } from '../../lib/command/index.ts'
import { observeForCommand } from '../../lib/command/permission.ts'
import { thread } from '../../lib/command/threads/options.ts'
import { planResolutions } from '../../lib/command/threads/plan-resolutions.ts'
import { settleThreads } from '../../lib/command/threads/settle-threads.ts'

export const command = defineCommand({
  name: 'threads resolve',
  summary: 'Resolve review threads: those named, or every unresolved one that has our answer.',
  details: 'With --answered, answers that the run recorded and did not post yet are posted first.',
  writes: 'the threads of the pull request; the record of the target',
  options: {
    ...pullRequestOptions,
    thread: thread.repeatable(),
    answered: flag().describe('Every unresolved thread in which our answer is the newest word, or is recorded'),
  },
  rules: [exactlyOneOf('thread', 'answered')],
  answers: ['threads settled', 'refused: target_not_found, precondition_failed', ...ACTING_REFUSALS],
  output: {
    threads: 'one entry per thread: threadId, replied (made, found, planned or null), resolved (made, found, planned)',
    unanswered: 'ids of unresolved threads that were left, because nobody answered them',
  },
  exits: [0, 2, 3, 5, 11],
  examples: [
    'dev-loops threads resolve --repo acme/api --pr 88 --answered --run-id r-7f3a',
    'dev-loops threads resolve --pr 88 --thread PRRT_kwDOA1 --run-id r-7f3a',
  ],
  run: async (options, context) => {
    const acting = await openActing(options, context)
    const observed = await observeForCommand(options, context)
    if (!observed.ok) return observed
    const plan = planResolutions(observed.value, options.answered ? null : options.thread)
    const settled = await settleThreads(plan.resolutions, observed.value.client, acting)
    return settled.ok ? { ok: true as const, threads: settled.value, unanswered: plan.unanswered } : settled
  },
  text: (answer) => {
    if (!answer.ok) return answer.message
    const left = answer.unanswered.length === 0 ? '' : `; ${answer.unanswered.length} left without an answer`
    return `${answer.threads.length} threads resolved${left}`
  },
})

await runIfMain(import.meta.url, command)
