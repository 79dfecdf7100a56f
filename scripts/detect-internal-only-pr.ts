#!/usr/bin/env node
// A pull request that changes only internal files needs no reviewer; gates and checks stay.
import { defineCommand, path, runIfMain, targetOptions } from '../lib/command/index.ts'

export const command = defineCommand({
  name: 'detect-internal-only-pr',
  summary: 'Say whether a pull request changes nothing but internal files, by review.internalPaths of the policy.',
  details: 'A list of files that GitHub did not give whole proves nothing, so the answer is no.',
  writes: 'nothing',
  options: {
    repo: targetOptions.repo,
    pr: targetOptions.pr.required(),
    config: path('<file>').describe('Read review.internalPaths from this file, in place of the base branch'),
  },
  answers: [
    'reasonCode all_internal|other_files|no_files|files_not_whole',
    'refused: target_not_found, policy_unproved; still_waiting with the quotas spent',
  ],
  output: {
    internalOnly: 'the answer',
    files: 'changed files, the former names of renamed ones included',
    complete: 'whether files is the whole list',
    reasonCode: 'why',
    reason: 'the same in one sentence',
    source:
      'graphql; rest when its quota is spent, then with unproved (what REST cannot tell) and wholeAt (until when)',
  },
  exits: [0, 2, 3, 4, 5],
  examples: ['dev-loops detect-internal-only-pr --repo acme/api --pr 88'],
  run: async (options, context) => {
    const { detectInternalOnlyOf } = await import('../lib/command/detect/internal-only.ts')
    const { orStillWaiting } = await import('../lib/command/detect/still-waiting.ts')
    return orStillWaiting(() => detectInternalOnlyOf(options, context))
  },
  text: (answer) => (answer.ok ? `${answer.internalOnly ? 'yes' : 'no'}  ${answer.reason}` : answer.message),
})

await runIfMain(import.meta.url, command)
