#!/usr/bin/env node
// Asked by the installed hook. It says yes by one way only; whatever else happens here, the push is blocked.
import { defineCommand, runIfMain, targetOptions, text } from '../../lib/command/index.ts'

export const command = defineCommand({
  name: 'hooks pre-push',
  summary: 'Answer whether a push may pass, as git asks the hook; reads the pushed refs from stdin.',
  details:
    'A branch that no run holds passes. One that a run holds passes only together with the record of that run in the same push, or when the run announced exactly this change. Blocks when the records cannot be read.',
  writes: 'nothing',
  options: {
    url: text('<url>')
      .env('DEV_LOOPS_PUSH_URL')
      .required()
      .describe('Address that is pushed to; a branch is looked up under the repository that it names'),
    stateDir: targetOptions.stateDir,
  },
  answers: ['allowed', 'refused: active_run_exists (use git push of dev-loops), or whatever kept it from knowing'],
  output: {
    repo: 'repository that is pushed to, or null when the address names none',
    refs: 'each ref with allowed and because: no_branch, free, record_in_push, announced; held, held_deletion, record_stale, record_deletion, not_looked_up',
  },
  exits: [0, 2, 3, 5],
  examples: ['dev-loops hooks pre-push --url https://github.com/acme/api.git < pushed-refs.txt'],
  run: async (options, context) => {
    const { answerHook } = await import('../../lib/command/hooks/answer-hook.ts')
    return answerHook(options, context)
  },
  text: (answer) => (answer.ok ? `${answer.status}` : answer.message),
})

await runIfMain(import.meta.url, command)
