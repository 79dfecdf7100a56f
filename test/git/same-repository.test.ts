import { mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'
import { sameRepository } from '../../lib/git/same-repository.ts'
import { aFolder } from './support.ts'

const HTTPS = 'https://github.com/acme/api.git'

describe('two addresses', () => {
  it.each([
    ['https://github.com/acme/api', 'without the ending'],
    ['https://github.com/acme/api.git/', 'with a slash at the end'],
    ['https://x-access-token:secret@github.com/acme/api.git', 'with somebody who logs in'],
    ['https://GitHub.com/acme/api.git', 'with the host in capitals'],
    ['ssh://git@github.com/acme/api.git', 'over ssh'],
    ['ssh://git@github.com:22/acme/api', 'over ssh with its usual port'],
    ['git@github.com:acme/api.git', 'in the short form of ssh'],
    ['github.com:acme/api', 'in the short form without a user'],
    ['git@github.com:/acme/api.git', 'in the short form with a whole path'],
  ])('are one repository: %s (%s)', async (address) => {
    expect(await sameRepository(HTTPS, address, '/')).toBe(true)
  })

  it.each([
    ['https://github.com/acme/api2.git', 'another name'],
    ['https://github.com/acme/API.git', 'letters that another host tells apart'],
    ['https://github.com:8443/acme/api.git', 'another port'],
    ['https://ghe.example/acme/api.git', 'another host'],
    ['https://github.com/group/acme/api.git', 'a longer path'],
    ['https://github.com/acme/api.git?x=1', 'more than a path'],
    ['ext::sh -c api', 'a program'],
    ['/acme/api.git', 'a folder'],
    ['', 'nothing'],
  ])('are not known to be one: %s (%s)', async (address) => {
    expect(await sameRepository(HTTPS, address, '/')).toBe(false)
    expect(await sameRepository(address, '', '/')).toBe(false)
  })

  it('are one folder under each of its names', async () => {
    const folder = aFolder()
    const remote = join(folder, 'a remote.git')
    mkdirSync(remote)
    symlinkSync(remote, join(folder, 'link'))

    for (const name of [remote, pathToFileURL(remote).href, 'a remote.git', join(folder, 'link'), `${remote}/`]) {
      expect(await sameRepository(remote, name, folder), name).toBe(true)
    }
    expect(await sameRepository(remote, join(folder, 'gone.git'), folder)).toBe(false)
    expect(await sameRepository(join(folder, 'gone.git'), join(folder, 'gone.git'), folder)).toBe(false)
  })
})
