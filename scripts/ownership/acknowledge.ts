#!/usr/bin/env node
// A run that was asked to stop says that it is ending its work, so that nobody takes the target from it meanwhile.
import { runIfMain } from '../../lib/command/index.ts'
import { holderCommand } from '../../lib/command/ownership/holder-command.ts'
import { acknowledgeStop } from '../../lib/ownership/service.ts'

export const command = holderCommand({
  name: 'ownership acknowledge',
  summary: 'Say that this run has seen the request to stop and is ending its work.',
  details: 'Release when the work has ended. `next` and `run` acknowledge by themselves. May be repeated.',
  writes: 'one record of the store for the target and one for its branch; nothing on GitHub',
  options: {},
  answers: ['acknowledged', 'not_asked_to_stop', 'refused: ownership_lost, ownership_missing, lease_expired'],
  output: { stopRequested: 'the request: reason, at, acknowledgedAt; or null' },
  exits: [0, 2, 3, 5],
  examples: ['dev-loops ownership acknowledge --repo acme/api --pr 88 --run-id r-7f3a'],
  act: ({ target, request, ownership }) => acknowledgeStop(target, request, ownership),
})

await runIfMain(import.meta.url, command)
