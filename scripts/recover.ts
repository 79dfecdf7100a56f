#!/usr/bin/env node
// A run that takes over from a dead one calls this before its first own effect; `next` says when.
import { defineCommand, exactlyOneOf, runId, runIfMain, targetOptions } from '../lib/command/index.ts'

export const command = defineCommand({
  name: 'recover',
  summary: 'Settle what a dead run announced and never recorded: end its processes, outlive its requests.',
  details: 'Makes no change on GitHub: the next decision asks for what is still missing.',
  writes: 'the record of the target',
  options: { ...targetOptions, runId },
  rules: [exactlyOneOf('pr', 'issue')],
  answers: ['recovered', 'ownership_missing', 'ownership_lost', 'run_id_required'],
  output: {
    status: 'recovered',
    settled: 'one entry per intent: kind, key, runId, process (what became of it), waitedMs',
  },
  exits: [0, 2, 3, 5, 11],
  examples: ['dev-loops recover --pr 88 --run-id r-7f3a'],
  run: async (options, context) => {
    const { openEffects } = await import('../lib/command/services.ts')
    const { recover } = await import('../lib/dispatch/recover.ts')
    const acting = await openEffects(options, context)
    const recovered = await recover(acting, context.progress)
    return recovered.ok ? { ok: true as const, status: 'recovered' as const, settled: recovered.value } : recovered
  },
  text: (answer) => (answer.ok ? `settled ${answer.settled.length} open intents` : answer.message),
})

await runIfMain(import.meta.url, command)
