#!/usr/bin/env node
// For scripts that change something outside: asked right before, by whoever holds the target.
import { runIfMain } from '../../lib/command/index.ts'
import { holderCommand } from '../../lib/command/ownership/holder-command.ts'
import { guardTarget } from '../../lib/ownership/service.ts'

export const command = holderCommand({
  name: 'ownership guard',
  summary: 'Answer whether this run may act on the target right now.',
  details:
    'Stricter than assert: also refused when the run was asked to stop, or when no more than the safety margin of its lease is left (5 s, or a third of a shorter term). Renews when a third of the term is gone.',
  writes: 'at most the lease in one record of the store',
  options: {},
  answers: [
    'may_act',
    'refused: ownership_lost, ownership_missing, lease_expired, exit_signal_recorded (asked to stop)',
  ],
  exits: [0, 2, 3, 5, 11],
  examples: ['dev-loops ownership guard --repo acme/api --pr 88 --run-id r-7f3a --expected-token 4'],
  act: ({ target, request, ownership }) => guardTarget(target, request, ownership),
})

await runIfMain(import.meta.url, command)
