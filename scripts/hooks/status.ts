#!/usr/bin/env node
// Other tools rewrite hooks when they are installed again, so whether ours still stands is worth a question.
import { concernFields } from '../../lib/command/hooks/options.ts'
import { defineCommand, runIfMain, targetOptions } from '../../lib/command/index.ts'

export const command = defineCommand({
  name: 'hooks status',
  summary: 'Say whether the pre-push hook stands where git looks for it, and what stands beside it.',
  writes: 'nothing',
  options: { stateDir: targetOptions.stateDir },
  answers: ['absent', 'installed', 'outdated', 'missing', 'changed', 'displaced'],
  output: {
    status:
      'installed; outdated (another place of dev-loops or of the records: install again); absent; missing, changed or displaced by somebody else',
    folder: 'where git looks for hooks here',
    kept: 'the hook from before, which ours calls first; or null',
    unused: 'a folder with our hook that git does not use; or null',
    ...concernFields,
  },
  exits: [0, 2, 5],
  examples: ['dev-loops hooks status'],
  run: async (options, context) => {
    const { showHook } = await import('../../lib/command/hooks/tend-hook.ts')
    return { ok: true as const, ...(await showHook(options, context)) }
  },
  text: ({ status, folder, kept, unused, warnings }) =>
    [
      `${status}  ${folder}`,
      ...(kept === null ? [] : [`kept    ${kept}`]),
      ...(unused === null ? [] : [`unused  ${unused}`]),
      ...warnings,
    ].join('\n'),
})

await runIfMain(import.meta.url, command)
