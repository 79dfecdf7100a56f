#!/usr/bin/env node
// For a worker that waits longer than its lease lasts and renews nothing meanwhile.
import { duration, runIfMain } from '../../lib/command/index.ts'
import { holderCommand } from '../../lib/command/ownership/holder-command.ts'
import { PARK_MARGIN_MS } from '../../lib/ownership/record.ts'
import { parkTarget } from '../../lib/ownership/service.ts'

export const command = holderCommand({
  name: 'ownership park',
  summary: 'Lengthen the lease that this run holds to outlast one wait.',
  details: 'The next renewal ends the parking. `next` parks by itself for the waits that it hands out.',
  writes: 'one record of the store for the target and one for its branch; nothing on GitHub',
  options: {
    for: duration().required().describe('Longest time the wait may take; 5 minutes are added to act on its end'),
  },
  answers: ['parked', 'refused: ownership_lost, ownership_missing, lease_expired'],
  exits: [0, 2, 3, 5],
  examples: ['dev-loops ownership park --repo acme/api --pr 88 --run-id r-7f3a --for 30m'],
  act: ({ target, request, ownership }, { for: waitMs }) =>
    parkTarget(target, { ...request, parkMs: waitMs + PARK_MARGIN_MS }, ownership),
})

await runIfMain(import.meta.url, command)
