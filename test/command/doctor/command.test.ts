import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CHECKS, type Check } from '../../../lib/command/doctor/check.ts'
import { aClone, aForge, type Clone, type Started } from '../../forge/with-forge.ts'
import { aContext } from '../../support/context.ts'

let started: Started
let clone: Clone
let home: string

beforeAll(async () => {
  started = await aForge()
  clone = await aClone(started.forge, 'acme/parcel-price')
  home = mkdtempSync(join(tmpdir(), 'dev-loops-doctor-'))
})
afterAll(async () => {
  await clone.remove()
  await started.end()
  rmSync(home, { recursive: true, force: true })
})

async function doctor(env: Record<string, string>, cwd = clone.dir, words: string[] = []) {
  const base = { HOME: home, PATH: process.env.PATH ?? '', GH_CONFIG_DIR: home }
  const { answer, exit } = await aContext({ cwd, env: { ...base, ...env } }).execute(['doctor', ...words])
  const { checks } = answer as unknown as { checks: readonly Check[] }
  return { exit, ok: Object.fromEntries(checks.map((check) => [check.id, check.ok])), checks }
}

describe('doctor', () => {
  it('finds everything well in a fresh clone with a token that may push', async () => {
    const { exit, ok, checks } = await doctor({ ...started.forge.environment })
    expect({ exit, ok }).toEqual({
      exit: 0,
      ok: {
        node: true,
        git: true,
        configuration: true,
        agent_developer: null,
        agent_reviewer: null,
        store: true,
        claims: true,
        worktrees: true,
        workers: true,
        predecessor: true,
        token: true,
        scopes: true,
        permission: true,
        policy: true,
      },
    })
    expect(checks.find(({ id }) => id === 'policy')?.detail).toMatch(/^\.devloops on main, digest /)
    expect(checks.map(({ id }) => id)).toEqual(CHECKS)
  })

  it('ends with 3 for a token that may only read, and says of whom', async () => {
    const { exit, ok, checks } = await doctor({
      ...started.forge.environment,
      GH_TOKEN: started.forge.tokens.stranger,
    })
    expect({ exit, permission: ok.permission }).toEqual({ exit: 3, permission: false })
    expect(checks.find(({ id }) => id === 'permission')?.detail).toContain(started.forge.logins.stranger)
  })

  it('looks at everything else without a token, and asks GitHub nothing', async () => {
    const { GITHUB_API_URL = '', GITHUB_GRAPHQL_URL = '' } = started.forge.environment
    const { exit, ok } = await doctor({ GITHUB_API_URL, GITHUB_GRAPHQL_URL })
    expect({ exit, ok }).toMatchObject({
      exit: 3,
      ok: { store: true, worktrees: true, token: false, scopes: null, permission: null, policy: null },
    })
  })

  it('works outside a checkout, where neither repository nor worktrees are known', async () => {
    const { exit, ok } = await doctor({ ...started.forge.environment }, home)
    expect({ exit, ok }).toMatchObject({
      exit: 0,
      ok: { store: true, worktrees: null, token: true, permission: null },
    })
  })

  it('asks about a repository that is named, and says when there is none of that name', async () => {
    const { exit, ok } = await doctor({ ...started.forge.environment }, home, ['--repo', 'acme/nothing'])
    expect({ exit, permission: ok.permission, policy: ok.policy }).toEqual({ exit: 3, permission: false, policy: null })
  })

  it('names a wrong key of the configuration and the claim of a run that has ended', async () => {
    const state = join(home, 'state')
    const context = aContext({ cwd: home, env: { HOME: home, PATH: '', DEV_LOOPS_STATE_DIR: state } })
    await context.execute('ownership claim --repo acme/api --issue 7 --run-id gone --ttl 1ms'.split(' '))

    const env = { ...started.forge.environment, DEV_LOOPS_STATE_DIR: state, DEV_LOOPS_LEASE_RUN_TTL: 'soon' }
    const { exit, ok, checks } = await doctor(env)
    expect({ exit, configuration: ok.configuration, claims: ok.claims }).toEqual({
      exit: 3,
      configuration: false,
      claims: false,
    })
    expect(checks.find(({ id }) => id === 'claims')?.fix).toContain('--run-id gone')
  })

  it('makes no store where there is none', async () => {
    const state = join(home, 'untouched')
    await doctor({ ...started.forge.environment, DEV_LOOPS_STATE_DIR: state })
    expect(existsSync(join(state, 'records'))).toBe(false)
  })
})
