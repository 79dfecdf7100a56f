import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parseStoreChoice } from '../../../lib/store/git/address.ts'
import { openChosenStore } from '../../../lib/store/open.ts'
import { runGit } from './world.ts'

describe('the preference store', () => {
  it.each([
    ['git', { url: null, namespace: 'refs' }],
    ['git#branches', { url: null, namespace: 'branches' }],
    ['git+https://github.com/acme/state', { url: 'https://github.com/acme/state', namespace: 'refs' }],
    ['git+ssh://git@host.example/x.git#branches', { url: 'ssh://git@host.example/x.git', namespace: 'branches' }],
    ['git+git@host.example:acme/state.git', { url: 'git@host.example:acme/state.git', namespace: 'refs' }],
    ['git+/srv/state.git', { url: '/srv/state.git', namespace: 'refs' }],
    ['git+file:///srv/state.git', { url: 'file:///srv/state.git', namespace: 'refs' }],
  ])('%s names %j', (text, expected) => {
    expect(parseStoreChoice(text)).toEqual(expected)
  })

  it.each([
    '',
    'gti',
    'git+',
    'git+state',
    'git+./state',
    'git+ext::sh -c id',
    'git+ext::sh',
    'git+--upload-pack=id',
    'git+-x:y',
    'git+ftp://host.example/x',
    'git+https://user:secret@host.example/x',
  ])('%j is refused, without showing a password', (text) => {
    expect(() => parseStoreChoice(text)).toThrow(expect.objectContaining({ code: 'invalid_value' }))
    expect(() => parseStoreChoice(text)).not.toThrow('secret')
  })
})

describe('store: git', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'dev-loops-address-'))
    runGit(folder, ['init', '--quiet', '--bare', 'acme/api.git'])
    runGit(folder, ['clone', '--quiet', 'acme/api.git', 'clone'])
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  const open = (choice: string, repo?: string) => {
    const location = {
      folder: join(folder, 'state'),
      scope: 'clone',
      commonGitDir: join(folder, 'clone/.git'),
    } as const
    return openChosenStore(choice, {
      location,
      env: { ...process.env, HOME: folder },
      target: repo ? { repo } : undefined,
    })
  }

  it('is the remote that is the repository of the target, else origin', async () => {
    runGit(join(folder, 'clone'), ['remote', 'add', 'upstream', 'https://host.example/other/repo.git'])
    expect((await open('git')).remote).toBe(join(folder, 'acme/api.git'))
    expect((await open('git', 'acme/api')).remote).toBe(join(folder, 'acme/api.git'))
    expect((await open('git', 'other/repo')).remote).toBe('https://host.example/other/repo.git')
  })

  it('is refused for a repository that is no remote of the checkout', async () => {
    await expect(open('git', 'some/other')).rejects.toMatchObject({ code: 'not_a_checkout' })
  })

  it('reaches the network as the checkout is set up to, for an address and for ssh', async () => {
    const config = (...words: string[]) => runGit(join(folder, 'clone'), ['config', ...words])
    mkdirSync(join(folder, 'elsewhere'))
    config(`url.${folder}/.insteadOf`, 'https://host.example/')
    const renamed = await open('git+https://host.example/acme/api.git')
    expect(await renamed.compareAndSwap('k', null, 1, 1)).toMatchObject({ ok: true })

    writeFileSync(join(folder, 'ssh'), '#!/bin/sh\nfor last; do :; done\nexec sh -c "$last"\n', { mode: 0o755 })
    config('core.sshCommand', join(folder, 'ssh'))
    expect((await (await open(`git+ssh://host.example${folder}/acme/api.git`)).read('k'))?.value).toBe(1)
  })
})
