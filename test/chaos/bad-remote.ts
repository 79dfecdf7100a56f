/**
 * A git remote over HTTP that declines some pushes, behind a line that cuts others; and what it and the
 * machines that use it may be left with.
 */
import { readdirSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { openStore } from '../fixtures/store/git-store.ts'
import { aForge } from '../forge/with-forge.ts'
import { runGit } from '../store/git/world.ts'
import { aProxy, type Spoil } from '../support/http-proxy.ts'

const REPO = 'acme/parcel-price'
/** Every fourth push meets the next of these. */
const SPOILS: readonly (readonly [string, Spoil])[] = [
  ['answer lost', 'drop'],
  ['cut in the middle', 'halve'],
  ['answer cut', 'cut'],
  ['never arrives', { status: 503, body: 'busy' }],
]
const PARTS_OF_A_CACHE = ['objects', 'seen', 'turns', 'scratch', 'tidied', 'discarded']
const LONGEST_ORPHAN_MS = 10_000
const DECLINE_SOME = '#!/bin/sh\n[ $(($$ % 10)) -ne 0 ]\n'

export interface BadRemote {
  readonly url: string
  readonly origin: string
  readonly token: string
  readonly bare: string
  readonly spoiled: () => Readonly<Record<string, number>>
  readonly end: () => Promise<void>
}

export async function openBadRemote(): Promise<BadRemote> {
  const { forge, folder, end } = await aForge()
  const bare = join(folder, 'repos', `${REPO}.git`)
  writeFileSync(join(bare, 'hooks/pre-receive'), DECLINE_SOME, { mode: 0o755 })

  const proxy = await aProxy(new URL(forge.gitUrl(REPO)).origin)
  const counts: Record<string, number> = {}
  let pushes = 0
  proxy.spoil(({ method, path }) => {
    if (method !== 'POST' || !path.endsWith('git-receive-pack')) return null
    pushes += 1
    const [what, spoil] = SPOILS[(pushes / 4 - 1) % SPOILS.length] ?? [null, null]
    if (what !== null) counts[what] = (counts[what] ?? 0) + 1
    return spoil
  })
  return {
    url: `${proxy.origin}${new URL(forge.gitUrl(REPO)).pathname}`,
    origin: `${proxy.origin}/`,
    token: forge.tokens.developer,
    bare,
    spoiled: () => counts,
    end: async () => {
      await proxy.close()
      await end()
    },
  }
}

type StoreWords = Parameters<typeof openStore>[0]

/** Looks until there is none: the git of a killed process works on for a moment. */
export async function litterOfGit(folder: string, words: StoreWords, remote: BadRemote): Promise<readonly string[]> {
  const endsAt = performance.now() + LONGEST_ORPHAN_MS
  for (;;) {
    const litter = await lookForLitter(folder, words, remote)
    if (litter.length === 0 || performance.now() > endsAt) return litter
    await pause(200)
  }
}

/** In the remote only branches and records; on the machines only the parts of a cache, once it is swept. */
async function lookForLitter(folder: string, words: StoreWords, { bare }: BadRemote): Promise<readonly string[]> {
  const refs = runGit(bare, ['for-each-ref', '--format=%(refname)']).split('\n')
  const strange = refs.filter((ref) => !/^refs\/(?:heads|pull|dev-loops)\//.test(ref))
  const machines = readdirSync(folder)
  const left = await Promise.all(machines.map((host) => litterOfMachine(join(folder, host, 'git-store'), words, host)))
  return [...strange, ...left.flat()]
}

async function litterOfMachine(caches: string, words: StoreWords, host: string): Promise<readonly string[]> {
  const folders = readdirSync(caches).map((name) => join(caches, name))
  // Killed calls leave their scratch folder, which is swept when it is surely old.
  const longAgo = new Date(Date.now() - 3_600_000)
  for (const each of folders.flatMap((cache) => inside(join(cache, 'scratch')))) utimesSync(each, longAgo, longAgo)
  await openStore(words, host).read('one/more')
  return folders.flatMap((cache) => [
    ...readdirSync(cache).filter((name) => !PARTS_OF_A_CACHE.includes(name)),
    ...inside(join(cache, 'scratch')),
    ...inside(join(cache, 'objects')).filter((path) => !/\/(?:[0-9a-f]{2}|pack|info)$/.test(path)),
  ])
}

function inside(folder: string): readonly string[] {
  return readdirSync(folder).map((name) => join(folder, name))
}
