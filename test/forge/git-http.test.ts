import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { demo } from '../../lib/forge/seeds/demo.ts'
import { aClone, aForge, authenticatedUrl, type Clone, git, type Started } from './with-forge.ts'

const REPO = 'acme/parcel-price'
let started: Started
let clone: Clone

beforeAll(async () => {
  started = await aForge()
  clone = await aClone(started.forge, REPO)
})

afterAll(async () => {
  await clone.remove()
  await started.end()
})

async function pushes() {
  return (await started.forge.effects()).filter((line) => line.kind.startsWith('git push'))
}

describe('git over HTTP', () => {
  it('lets anybody read what is public', async () => {
    const listed = await git(clone.dir, 'ls-remote', started.forge.gitUrl(REPO), 'HEAD')
    expect([listed.exitCode, listed.stdout]).toEqual([0, expect.stringMatching(/^[0-9a-f]{40}\tHEAD$/)])
  })

  it('tells nobody without a right that a private repository exists', async () => {
    const hidden = await aForge({ seed: { ...demo, isPrivate: true } })
    const unnamed = await git(clone.dir, 'ls-remote', hidden.forge.gitUrl(REPO))
    const named = await git(clone.dir, 'ls-remote', authenticatedUrl(hidden.forge, REPO))
    expect([unnamed.exitCode, named.exitCode]).toEqual([128, 0])
    await hidden.end()
  })

  it('refuses a push without a token, and one by an account that may only read', async () => {
    await clone.git('switch', '--quiet', '--create', 'refused')
    await clone.commit({ 'x.md': 'x\n' })
    const unnamed = await git(clone.dir, 'push', started.forge.gitUrl(REPO), 'HEAD')
    const stranger = await git(clone.dir, 'push', authenticatedUrl(started.forge, REPO, 'stranger'), 'HEAD')
    expect([unnamed.exitCode, stranger.stderr]).toEqual([128, expect.stringContaining('403')])
  })

  it('takes a push large enough to be sent compressed and in pieces', async () => {
    await clone.git('switch', '--quiet', '--create', 'large')
    await clone.commit({ 'large.txt': randomBytes(1_500_000).toString('hex') })
    const pushed = await clone.git('-c', 'http.postBuffer=65536', 'push', '--quiet', 'origin', 'HEAD')
    expect(pushed.stderr).toBe('')
  })

  it('speaks protocol version 2', async () => {
    const traced = await git(clone.dir, '-c', 'protocol.version=2', 'ls-remote', authenticatedUrl(started.forge, REPO))
    const packets = await started.forge.gitUrl(REPO)
    const answer = await fetch(`${packets}/info/refs?service=git-upload-pack`, {
      headers: { 'git-protocol': 'version=2' },
    })
    expect([traced.exitCode, (await answer.text()).slice(4, 13)]).toEqual([0, 'version 2'])
  })

  it('refuses a push whose expected old commit has gone', async () => {
    await clone.git('switch', '--quiet', '--create', 'leased')
    const one = await clone.commit({ 'one.md': '1\n' })
    await clone.git('push', '--quiet', 'origin', 'HEAD')
    const two = await clone.commit({ 'two.md': '2\n' })
    await clone.git('push', '--quiet', 'origin', 'HEAD')
    await clone.commit({ 'three.md': '3\n' })
    const pushed = await clone.git(
      'push',
      `--force-with-lease=refs/heads/leased:${one}`,
      'origin',
      'HEAD:refs/heads/leased',
    )
    const now = await clone.git('ls-remote', 'origin', 'refs/heads/leased')
    expect([pushed.exitCode, now.stdout.split('\t')[0]]).toEqual([1, two])
  })

  it('moves all refs of an atomic push or none', async () => {
    await clone.git('switch', '--quiet', '--create', 'atomic', 'origin/main')
    await clone.commit({ 'atomic.md': 'a\n' })
    const pushed = await clone.git('push', '--atomic', 'origin', 'HEAD:refs/heads/atomic', ':refs/heads/main')
    const now = await clone.git('ls-remote', 'origin', 'refs/heads/atomic')
    expect([pushed.exitCode, now.stdout]).toEqual([1, ''])
  })

  it('logs each ref of a push with its old and new commit, and whether it moved', async () => {
    const before = (await pushes()).length
    await clone.git('switch', '--quiet', '--create', 'logged', 'origin/main')
    const commit = await clone.commit({ 'logged.md': 'l\n' })
    await clone.git('push', '--quiet', 'origin', 'HEAD:refs/heads/logged', 'HEAD:refs/pull/8/head')
    const lines = (await pushes())
      .slice(before)
      .map(({ kind, ok, actor, target, note }) => ({ kind, ok, actor, target, note }))
    const note = `${'0'.repeat(40)} ${commit}`
    expect(lines).toEqual([
      { kind: 'git push refs/heads/logged', ok: true, actor: 'dev-loop', target: `${REPO}@logged`, note },
      { kind: 'git push refs/pull/8/head', ok: false, actor: 'dev-loop', target: `${REPO}@refs/pull/8/head`, note },
    ])
  })
})
