#!/usr/bin/env node
// Who works on what, as far as this store knows.
import { count, defineCommand, flag, runIfMain, stateDir, targetOptions } from '../../lib/command/index.ts'
import { openRecords } from '../../lib/command/services.ts'
import { endpointFor } from '../../lib/endpoint.ts'
import { readHostIdentity } from '../../lib/ownership/host.ts'
import { type ListedOwnership, listArchived, listOwnership } from '../../lib/ownership/service.ts'
import { formatTarget, type Target } from '../../lib/target.ts'

export const command = defineCommand({
  name: 'ownership list',
  summary: 'List the targets that are held, newest record of each.',
  writes: 'nothing',
  options: {
    repo: targetOptions.repo.describe('Only targets of this repository (default: all in the store of this checkout)'),
    stateDir,
    all: flag().describe('Also targets that nobody holds'),
    archived: flag().describe('Also those that `store compact` archived; nobody holds them'),
    limit: count().default('50').describe('At most so many'),
  },
  answers: ['owners: one entry a target, sorted by its name; archived ones last'],
  output: {
    owners: 'target, token (null: not known), holder (or null), problem when a record cannot be read, archived',
    total: 'how many there are',
    scope: 'how far the protection reaches: clone, machine, every_machine',
    location: 'folder or address of the store',
  },
  exits: [0, 2, 5],
  examples: ['dev-loops ownership list', 'dev-loops ownership list --repo acme/api --all'],
  run: async ({ repo, stateDir, all, archived, limit }, context) => {
    const target = repo === undefined ? undefined : { repo }
    const { store, location } = await openRecords(target, { stateDir }, context)
    const ownership = { store, host: readHostIdentity(), observations: `${location.folder}/observations` }
    const prefix = repo === undefined ? '' : `${endpointFor(context.env).host}/${repo}/`
    const listed = await listOwnership(prefix, ownership)
    const wanted = listed.filter(({ holder, problem }) => all || holder !== null || problem !== null)
    const over = archived ? await listArchived(prefix, listed, ownership) : []
    const shown = wanted.slice(0, limit)
    const owners = [...shown.map(entryOf), ...over.slice(0, limit - shown.length).map(archivedEntry)]
    return {
      ok: true,
      owners,
      total: wanted.length + over.length,
      scope: store.scope,
      location: store.location,
    } as const
  },
  text: ({ owners, total }) => {
    const lines = owners.map(({ target, holder, problem, archived }) => {
      const free = archived ? 'free, archived' : 'free'
      return `${target}  ${problem ?? (holder === null ? free : `run ${holder.runId}, ${holder.alive}`)}`
    })
    return owners.length === 0 ? 'nobody holds anything here' : [...lines, `${owners.length} of ${total}`].join('\n')
  },
})

function entryOf({ key, target, record, holder, problem }: ListedOwnership) {
  return {
    target: target === null ? key : formatTarget(target),
    token: record?.token ?? null,
    holder,
    problem,
    archived: false,
  }
}

function archivedEntry(target: Target): ReturnType<typeof entryOf> {
  return { target: formatTarget(target), token: null, holder: null, problem: null, archived: true }
}

await runIfMain(import.meta.url, command)
