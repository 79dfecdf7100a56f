#!/usr/bin/env node
// A displaced worker that goes past us with a plain push meets this hook, as long as it is not told to skip hooks.
import { hookFields, hookOptions, tellHook } from '../../lib/command/hooks/options.ts'
import { defineCommand, runIfMain } from '../../lib/command/index.ts'

export const command = defineCommand({
  name: 'hooks install',
  summary: 'Install a pre-push hook that blocks plain pushes to branches that a run holds.',
  details:
    'A hook that is there already is kept beside it and still called first. Where records are kept is taken from this shell, when it says so. --no-verify skips every hook of git, this one too. Installing twice changes nothing.',
  writes: 'the hook of this clone; with --shared, of every repository that uses the same folder',
  options: hookOptions,
  answers: ['installed', 'already_installed', 'updated', 'planned', 'refused: precondition_failed'],
  output: { status: 'what was done; planned with --dry-run', ...hookFields },
  exits: [0, 2, 3, 5],
  examples: ['dev-loops hooks install', 'dev-loops hooks install --dry-run'],
  run: async (options, context) => {
    const { putHook } = await import('../../lib/command/hooks/tend-hook.ts')
    return tellHook(await putHook(options, context), options)
  },
  text: (answer) => {
    if (!answer.ok) return answer.message
    const kept = answer.kept === null ? '' : `\nkept    ${answer.kept}, called first`
    return [`${answer.status}  ${answer.hook}${kept}`, ...answer.warnings].join('\n')
  },
})

await runIfMain(import.meta.url, command)
