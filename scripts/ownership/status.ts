#!/usr/bin/env node
// A look that changes nothing, not even when it was looked.
import { defineCommand, runIfMain } from '../../lib/command/index.ts'
import { oneSubject, openSubject, sayStop, subjectOptions } from '../../lib/command/ownership/subject.ts'
import { readOwnership } from '../../lib/ownership/service.ts'
import { placeOf } from '../../lib/ownership/stored.ts'
import { formatTarget, targetKey } from '../../lib/target.ts'

export const command = defineCommand({
  name: 'ownership status',
  summary: 'Show who holds a target and what its record says.',
  writes: 'nothing',
  options: subjectOptions,
  rules: [oneSubject],
  answers: ['held', 'free', 'no_owner_record'],
  output: {
    status: 'held, free (released or never taken), or no_owner_record',
    holder:
      'the run that holds it: alive (alive, ended, unknown), endsInMs, since, stopRequested (with acknowledgedAt, permitsTakeover); or null',
    token: 'the last fencing token given out',
    state: 'the record as it is stored, or null',
    scope: 'how far the protection reaches: clone, machine, every_machine',
    filePath: 'folder of the record',
  },
  exits: [0, 2, 5],
  examples: ['dev-loops ownership status --repo acme/api --pr 88'],
  run: async (options, context) => {
    const { target, ownership } = await openSubject(options, context)
    const { record, holder } = await readOwnership(target, ownership)
    const { pr, issue, branch, lease } = options
    return {
      ok: true,
      command: 'status',
      status: record === null ? 'no_owner_record' : holder === null ? 'free' : 'held',
      target: formatTarget(target),
      repo: target.repo,
      ...(pr === undefined ? {} : { pr }),
      ...(issue === undefined ? {} : { issue }),
      ...(branch === undefined ? {} : { branch }),
      ...(lease === undefined ? {} : { lease }),
      holder,
      token: record?.token ?? 0,
      scope: ownership.store.scope,
      filePath: placeOf(targetKey(target), ownership.store),
      state: record,
    } as const
  },
  text: ({ status, target, holder, token, filePath }) => {
    if (holder === null) return `${status}  ${target} (token ${token})`
    const ends = holder.endsInMs === null ? 'does not end by itself' : `ends in ${Math.ceil(holder.endsInMs / 1000)} s`
    const stop = holder.stopRequested === null ? '' : `\n${sayStop(holder.stopRequested)}`
    return `${status}  ${target}: run ${holder.runId}, ${holder.alive}, ${ends} (token ${token})${stop}\nrecord  ${filePath}`
  },
})

await runIfMain(import.meta.url, command)
