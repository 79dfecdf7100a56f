import { describe, expect, it } from 'vitest'
import { parseGitVersion, readGitVersion } from '../../lib/git/version.ts'

describe('parseGitVersion', () => {
  it.each([
    ['git version 2.39.5\n', '2.39.5', true],
    ['git version 2.39.3 (Apple Git-146)\n', '2.39.3', true],
    ['git version 2.45.1.windows.1\n', '2.45.1.windows.1', true],
    ['git version 2.31.0\n', '2.31.0', true],
    ['git version 2.30.2\n', '2.30.2', false],
    ['git version 3.0.0\n', '3.0.0', true],
    ['git version 1.99.0\n', '1.99.0', false],
    ['something else\n', null, null],
  ])('reads %j', (text, version, supported) => {
    expect(parseGitVersion(text)).toEqual({ version, supported })
  })
})

describe('readGitVersion', () => {
  it('knows the git of this machine', async () => {
    expect((await readGitVersion({ cwd: '/' })).version).toMatch(/^\d+\.\d+/)
  })
})
