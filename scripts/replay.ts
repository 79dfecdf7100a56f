#!/usr/bin/env node
// Would today's rules decide as the rules of then did, from what was seen then?
import { EXIT, type ExitCode } from '../lib/codes.ts'
import { defineCommand, duration, exactlyOneOf, runIfMain, targetOptions } from '../lib/command/index.ts'
import type { Difference, NotReplayed } from '../lib/dispatch/replay/replay.ts'

const WHY: Readonly<Record<NotReplayed['reason'], string>> = {
  not_kept: 'its facts are not kept here (too old, or another clone)',
  damaged: 'its facts are not those that were kept; the file is refused',
  other_version: 'its facts were kept by another version',
  no_instant: 'its journal does not say when it was made',
}

export const command = defineCommand({
  name: 'replay',
  summary: 'Decide again what was decided about a target, with the rules of today, and show each difference.',
  details:
    'Reads the journal and the facts that this clone kept of each decision of the run that held the target (30 days, 64 MB). Asks GitHub nothing.',
  writes: 'nothing',
  options: {
    ...targetOptions,
    since: duration().describe('Only decisions that are not older, such as 24h (default: all)'),
  },
  rules: [exactlyOneOf('pr', 'issue')],
  answers: [
    'same: every decision whose facts are kept comes out as before',
    'different: at least one does not',
    'nothing_replayed: there are decisions, but the facts of none',
    'refused: target_not_found',
  ],
  output: {
    status: 'same, different or nothing_replayed',
    decisions: 'how many the journal has',
    same: 'how many come out as before',
    different: 'sequence, at, effects (kinds that it led to), before and now (state, step, because) of each other',
    notReplayed: 'sequence, at, effects, factsDigest, and reason: not_kept, damaged (file), other_version, no_instant',
  },
  exits: [EXIT.done, EXIT.usage, EXIT.refused, EXIT.outside],
  examples: ['dev-loops replay --pr 88', 'dev-loops replay --repo acme/api --issue 12 --since 24h --json'],
  run: async (options, context) => {
    const { openFacts } = await import('../lib/command/keeping.ts')
    const { openOwnership, resolveTarget } = await import('../lib/command/services.ts')
    const { replayTarget } = await import('../lib/dispatch/replay/replay-target.ts')
    const target = resolveTarget(options, context)
    const { store } = await openOwnership(target, options, context)
    const archive = await openFacts(target, options, context)
    const sinceMs = options.since === undefined ? null : store.now().wallMs - options.since
    const replayed = await replayTarget(target, { store, archive, sinceMs })
    if (!replayed.ok) return replayed

    const { decisions, same, different, notReplayed } = replayed.value
    const nothing = decisions > 0 && notReplayed.length === decisions
    const status = different.length > 0 ? 'different' : nothing ? 'nothing_replayed' : 'same'
    return { ok: true as const, status, decisions, same, different, notReplayed }
  },
  text: (answer) => {
    if (!answer.ok) return answer.message
    const { decisions, same, different, notReplayed } = answer
    const said = `${same} of ${decisions} decisions come out as before, ${different.length} differ, ${notReplayed.length} could not be replayed`
    return [said, ...different.map(sayDifference), ...notReplayed.map(sayMissing)].join('\n')
  },
  exit: (answer): ExitCode => (answer.ok && answer.status === 'same' ? EXIT.done : EXIT.refused),
})

function sayDifference({ sequence, at, effects, before, now }: Difference): string {
  const led = effects.length === 0 ? '' : `; it led to ${effects.join(', ')}`
  return [
    `differs  ${sequence} of ${at}${led}`,
    `  before  ${before.state} -> ${before.step}  (${before.because.join(', ')})`,
    `  now     ${now.state} -> ${now.step}, by ${now.actor}  (${now.because.join(', ')})`,
  ].join('\n')
}

function sayMissing({ sequence, at, reason, file }: NotReplayed): string {
  return `not replayed  ${sequence} of ${at}: ${WHY[reason]}${file === null ? '' : ` (${file})`}`
}

await runIfMain(import.meta.url, command)
