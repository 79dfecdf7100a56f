import { describe, expect, it } from 'vitest'
import { DEFAULT_POLICY } from '../../lib/config/defaults.generated.ts'
import { digestPolicy, parsePolicy, readPolicy } from '../../lib/config/policy.ts'
import type { Policy } from '../../lib/config/schema.ts'

function present(text: string, path = '.devloops') {
  return readPolicy({ status: 'present', path, text, oid: '0'.repeat(40) })
}

describe('policy', () => {
  it('is the strict defaults where the base branch has no file', () => {
    expect(readPolicy({ status: 'absent' })).toEqual({ ok: true, value: DEFAULT_POLICY })
  })

  it('is what the file says over the defaults', () => {
    const policy = present(
      'version: 1\ngates: {draft: {requireCi: false}}\nchecks: {grace: 5s, command: [npm, test]}\n',
    )
    const { gates, checks } = DEFAULT_POLICY
    expect(policy).toEqual({
      ok: true,
      value: {
        ...DEFAULT_POLICY,
        gates: { ...gates, draft: { ...gates.draft, requireCi: false } },
        checks: { ...checks, graceMs: 5_000, command: ['npm', 'test'] },
      },
    })
  })

  it.each([
    ['a misspelt key of policy', 'version: 1\nprotcet: {paths: []}\n'],
    ['a wrong value of preference', 'version: 1\nwait: {pollInterval: 5}\n'],
    ['a broken rule over several keys', 'version: 1\nlease: {runTtl: 1s}\n'],
    ['no version', 'autonomy: {stopAt: []}\n'],
    ['a conflict marker', 'version: 1\n<<<<<<< HEAD\nautonomy: {stopAt: []}\n'],
    ['nothing', ''],
    ['a page instead of a file', '<!DOCTYPE html><html><body>rate limited</body></html>'],
  ])('with %s proves nothing, and all problems are named', (_, text) => {
    expect(present(text)).toMatchObject({
      ok: false,
      error: 'policy_unproved',
      message: expect.stringContaining('.devloops'),
      problems: expect.arrayContaining([expect.objectContaining({ line: expect.any(Number) })]),
    })
  })

  it('that could not be read proves nothing, and is not replaced by the defaults', () => {
    const policy = readPolicy({ status: 'unreadable', reason: 'the answer was cut' })
    expect(policy).toMatchObject({ ok: false, error: 'policy_unproved' })
  })

  it('in a .json file must be JSON', () => {
    expect(present('version: 1\n', '.devloops.json')).toMatchObject({ ok: false, error: 'policy_unproved' })
  })
})

describe('the digest of a policy', () => {
  it('does not depend on how the file is written', () => {
    const one = parsePolicy('version: 1\nmerge: {method: rebase}\nreview: {maxRounds: 2}\n', '.devloops')
    const other = parsePolicy('{"version":1,"review":{"maxRounds":2},"merge":{"method":"rebase"}}', '.devloops.json')
    expect(one.ok && other.ok && digestPolicy(one.value) === digestPolicy(other.value)).toBe(true)
  })

  it.each(rulesOf(DEFAULT_POLICY))('changes with the rule %s', (path) => {
    expect(digestPolicy(changedAt(DEFAULT_POLICY, path.split('.')))).not.toBe(digestPolicy(DEFAULT_POLICY))
  })

  it('is the same after a version that only knows more rules', () => {
    const { requireRetrospective: _, ...merge } = DEFAULT_POLICY.merge
    const before = { ...DEFAULT_POLICY, merge } as Policy
    expect(digestPolicy(DEFAULT_POLICY)).toBe(digestPolicy(before, before))
  })

  it('is another one after a version that judges the gates by other defaults', () => {
    const { gates } = DEFAULT_POLICY
    const before = { ...DEFAULT_POLICY, gates: { ...gates, draft: { ...gates.draft, angles: ['style'] } } }
    expect(digestPolicy(DEFAULT_POLICY)).not.toBe(digestPolicy(before, before))
  })
})

/** `review.maxRounds` and all the others. */
function rulesOf(value: object): readonly string[] {
  return Object.entries(value).flatMap(([key, inner]) =>
    isFields(inner) ? rulesOf(inner).map((rest) => `${key}.${rest}`) : [key],
  )
}

function changedAt<T extends object>(value: T, [key = '', ...rest]: readonly string[]): T {
  const inner = Object.entries(value).find(([name]) => name === key)?.[1]
  return { ...value, [key]: isFields(inner) ? changedAt(inner, rest) : ['something else', inner] }
}

function isFields(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
