#!/usr/bin/env node
// What was in the folder before is there again, byte for byte.
import { hookFields, hookOptions, tellHook } from '../../lib/command/hooks/options.ts'
import { defineCommand, runIfMain } from '../../lib/command/index.ts'

export const command = defineCommand({
  name: 'hooks uninstall',
  summary: 'Remove the pre-push hook and put back what was there before.',
  details: 'Touches nothing that somebody else changed since, and says so. Removing twice is harmless.',
  writes: 'the hook of this clone; with --shared, of every repository that uses the same folder',
  options: hookOptions,
  answers: ['uninstalled', 'not_installed', 'planned', 'refused: precondition_failed'],
  output: { status: 'what was done; planned with --dry-run', ...hookFields },
  exits: [0, 2, 3, 5],
  examples: ['dev-loops hooks uninstall'],
  run: async (options, context) => {
    const { takeHook } = await import('../../lib/command/hooks/tend-hook.ts')
    return tellHook(await takeHook(options, context), options)
  },
  text: (answer) => (answer.ok ? `${answer.status}  ${answer.hook}` : answer.message),
})

await runIfMain(import.meta.url, command)
