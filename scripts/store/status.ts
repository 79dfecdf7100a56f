#!/usr/bin/env node
// What a person asks before trusting a claim: who sees it, and what does the remote enforce?
import { defineCommand, runIfMain, stateDir, targetOptions } from '../../lib/command/index.ts'
import { REACH } from '../../lib/command/reach.ts'

export const command = defineCommand({
  name: 'store status',
  summary: 'Show where records are kept, whom they protect, and what the store enforces.',
  details: 'Asks a git remote what it offers by a push that sends nothing.',
  writes: 'nothing',
  options: {
    repo: targetOptions.repo.describe('Repository whose store is meant (default: origin of this checkout)'),
    stateDir,
  },
  answers: ['kind: files or git'],
  output: {
    kind: 'files or git',
    location: 'folder or address',
    scope: 'how far the protection reaches: clone, machine, every_machine',
    pushes: 'fenced where the remote refuses the push of a displaced run, which needs the records in it; else pinned',
    atomicPushes: 'whether the remote changes several refs in one step; null: not known, or no remote',
    live: 'how many records there are, without archived ones',
    archived: 'how many are in the archive',
    advice: 'what to do when the store does not reach far enough for where this runs; else null',
  },
  exits: [0, 2, 5],
  examples: ['dev-loops store status'],
  run: async (options, context) => {
    const { openRecords } = await import('../../lib/command/services.ts')
    const { adviseStore } = await import('../../lib/command/advice.ts')
    const { originSlug } = await import('../../lib/store/location.ts')
    const { slugOfUrl } = await import('../../lib/store/remotes.ts')
    const target = options.repo === undefined ? undefined : { repo: options.repo }
    const { store, location } = await openRecords(target, options, context)
    const inspected = await store.care?.inspect()
    const repo = options.repo ?? originSlug(context.cwd)
    // One step for branch and record needs them in one repository.
    const isOwn = store.remote !== undefined && slugOfUrl(store.remote) === repo
    return {
      ok: true,
      kind: store.remote === undefined ? 'files' : 'git',
      location: store.location,
      scope: store.scope,
      pushes: isOwn && inspected?.atomicPushes === true ? 'fenced' : 'pinned',
      atomicPushes: inspected?.atomicPushes ?? null,
      live: inspected?.live ?? (await store.list('')).length,
      archived: inspected?.archived ?? 0,
      ...(store.remote === undefined ? {} : { cache: location.folder }),
      advice: adviseStore(store.scope, context.env),
    } as const
  },
  text: ({ kind, location, scope, pushes, live, archived, advice }) => {
    const lines = [
      `${kind}  ${location}`,
      `protects  ${REACH[scope]}; pushes of runs are ${pushes}`,
      `records  ${live} live, ${archived} archived`,
    ]
    return [...lines, ...(advice === null ? [] : [`advice  ${advice}`])].join('\n')
  },
})

await runIfMain(import.meta.url, command)
