#!/usr/bin/env node
// The heartbeat of a worker that has no timer of ours.
import { runIfMain } from '../../lib/command/index.ts'
import { holderCommand } from '../../lib/command/ownership/holder-command.ts'
import { renewTarget } from '../../lib/ownership/service.ts'

export const command = holderCommand({
  name: 'ownership renew',
  summary: 'Start the term of the lease that this run holds anew.',
  details: 'Ends a parking. A lease that ran out is never renewed: claim again, and check your work first.',
  writes: 'one record of the store; nothing on GitHub',
  options: {},
  answers: ['renewed', 'refused: ownership_lost, ownership_missing, lease_expired'],
  exits: [0, 2, 3, 5],
  examples: ['dev-loops ownership renew --repo acme/api --pr 88 --run-id r-7f3a'],
  act: ({ target, request, ownership }) => renewTarget(target, request, ownership),
})

await runIfMain(import.meta.url, command)
