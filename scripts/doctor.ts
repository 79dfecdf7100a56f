#!/usr/bin/env node
// The first thing to run where something does not work, and before the first run anywhere.
import { defineCommand, runIfMain, stateDir, targetOptions } from '../lib/command/index.ts'
import { refuse } from '../lib/outcome.ts'

export const command = defineCommand({
  name: 'doctor',
  summary: 'Look at everything that a run depends on, and say what to do where it is wrong.',
  details: 'Works without a token and outside a checkout; what cannot be looked at is unknown, not wrong.',
  writes: 'nothing',
  options: {
    repo: targetOptions.repo.describe('Repository to ask about (default: origin of this checkout)'),
    stateDir,
  },
  answers: ['refused: precondition_failed, when a check failed'],
  output: {
    checks: 'one entry each: id, ok (true, false, or null: not known), detail, fix (what to do, or null)',
  },
  exits: [0, 2, 3],
  examples: ['dev-loops doctor', 'dev-loops doctor --repo acme/api'],
  run: async (options, context) => {
    const { examine } = await import('../lib/command/doctor/examine.ts')
    const checks = await examine(options, context)
    const failed = checks.filter(({ ok }) => ok === false)
    if (failed.length === 0) return { ok: true as const, checks }

    const names = failed.map(({ id }) => id).join(', ')
    return refuse('precondition_failed', `${failed.length} of ${checks.length} checks failed: ${names}`, { checks })
  },
  text: ({ checks }) =>
    checks
      .map(({ id, ok, detail, fix }) => {
        const mark = ok === null ? 'unknown' : ok ? 'ok' : 'wrong'
        return `${mark.padEnd(8)} ${id.padEnd(16)} ${detail}${fix === null ? '' : `\n${' '.repeat(26)}${fix}`}`
      })
      .join('\n'),
})

await runIfMain(import.meta.url, command)
