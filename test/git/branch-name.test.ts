import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { branchNameFor, encodeBranch, isProtectedBranch } from '../../lib/git/branch-name.ts'
import { worktreePath } from '../../lib/git/worktree-location.ts'
import { isBranchName } from '../../lib/target.ts'

describe('branchNameFor', () => {
  it('names the branch after the issue', () => {
    expect(branchNameFor({ prefix: 'dev-loops/', issue: 12 })).toBe('dev-loops/issue-12')
  })

  it.each(['--upload-pack=', 'a b/', '/', '../'])('refuses the prefix %j', (prefix) => {
    expect(() => branchNameFor({ prefix, issue: 12 })).toThrow(expect.objectContaining({ code: 'invalid_value' }))
  })
})

describe('encodeBranch', () => {
  const branches = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 200 }).filter(isBranchName)

  it('is one folder name of bounded length for every branch', () => {
    fc.assert(
      fc.property(branches, (branch) => {
        const name = encodeBranch(branch)
        expect(name).toMatch(/^[^/\\]{1,120}$/)
        expect(name).not.toMatch(/^\.{1,2}$/)
      }),
    )
  })

  it('never gives two branches one folder', () => {
    fc.assert(
      fc.property(branches, branches, (one, other) => {
        fc.pre(one !== other)
        expect(encodeBranch(one)).not.toBe(encodeBranch(other))
      }),
    )
    const long = 'x'.repeat(150)
    expect(encodeBranch(`${long}a`)).not.toBe(encodeBranch(`${long}b`))
  })
})

describe('isProtectedBranch', () => {
  it.each([
    ['main', ['main'], true],
    ['main2', ['main'], false],
    ['release/1.2', ['release/*'], true],
    ['release/1.2/fix', ['release/*'], false],
    ['release/1.2/fix', ['release/**'], true],
    ['releaseX1', ['release.1'], false],
    ['main', [], false],
  ])('%s against %j is %s', (branch, patterns, expected) => {
    expect(isProtectedBranch(branch, patterns)).toBe(expected)
  })
})

describe('worktreePath', () => {
  const place = { host: 'forge.local:8080', repo: 'acme/api', branch: 'a/b', worktreeDir: null, checkout: '/src/api' }

  it('lies in the state folder of the user', () => {
    const path = worktreePath(place, { XDG_STATE_HOME: '/state', HOME: '/home/u' })
    expect(path).toBe('/state/dev-loops/worktrees/forge.local+8080/acme/api/a%2Fb')
  })

  it('lies in the folder of the preference, taken from the checkout', () => {
    expect(worktreePath({ ...place, worktreeDir: '../trees' }, {})).toBe('/src/trees/forge.local+8080/acme/api/a%2Fb')
  })

  it('refuses when no folder is known', () => {
    expect(() => worktreePath(place, {})).toThrow(expect.objectContaining({ code: 'config_invalid' }))
  })
})
