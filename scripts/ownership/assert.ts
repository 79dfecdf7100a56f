#!/usr/bin/env node
// Asked before anything that matters: am I still the one?
import { flag, runIfMain } from '../../lib/command/index.ts'
import { holderCommand } from '../../lib/command/ownership/holder-command.ts'
import { assertTarget } from '../../lib/ownership/service.ts'

export const command = holderCommand({
  name: 'ownership assert',
  summary: 'Answer whether this run holds the target.',
  details: 'Renews the lease when a third of its term is gone. Whether the run may act, says ownership guard.',
  writes: 'at most the lease in one record of the store; nothing with --no-renew',
  options: {
    requireExisting: flag().describe('Refuse when nobody holds the target'),
    noRenew: flag().describe('Only look'),
  },
  answers: ['owner_confirmed', 'no_owner_record', 'refused: ownership_lost, ownership_missing, lease_expired'],
  output: { stopRequested: 'the request to stop that binds this run, or null' },
  exits: [0, 2, 3, 5],
  examples: ['dev-loops ownership assert --repo acme/api --pr 88 --run-id r-7f3a --require-existing'],
  act: ({ target, request, ownership }, { requireExisting, noRenew }) =>
    assertTarget(target, { ...request, requireExisting, renew: !noRenew }, ownership),
})

await runIfMain(import.meta.url, command)
