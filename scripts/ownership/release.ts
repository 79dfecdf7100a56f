#!/usr/bin/env node
// Giving back what is held, so that nobody has to wait for the lease to run out.
import { runIfMain } from '../../lib/command/index.ts'
import { holderCommand } from '../../lib/command/ownership/holder-command.ts'
import { releaseTarget } from '../../lib/ownership/service.ts'

export const command = holderCommand({
  name: 'ownership release',
  summary: 'Give back a target that this run holds, and the branch that was taken with it.',
  details: 'May be repeated: releasing what nobody holds is no error. A request to stop is over with it.',
  writes: 'one record of the store for the target and one for its branch; nothing on GitHub',
  options: {},
  answers: ['released', 'release_noop (nobody held it)', 'refused: ownership_lost'],
  exits: [0, 2, 3, 5],
  examples: ['dev-loops ownership release --repo acme/api --pr 88 --run-id r-7f3a'],
  act: ({ target, request, ownership }) => releaseTarget(target, request, ownership),
})

await runIfMain(import.meta.url, command)
