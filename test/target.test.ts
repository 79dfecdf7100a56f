import { describe, expect, it } from 'vitest'
import { formatTarget, parseLeaseName, sameTarget, type Target, targetKey, targetOfKey } from '../lib/target.ts'

const IN = { host: 'github.com', repo: 'acme/api' }
/** Names that look alike, and each is another target. */
const ALIKE: readonly Target[] = [
  { ...IN, number: 7 },
  { ...IN, branch: '7' },
  { ...IN, lease: '7' },
  { ...IN, branch: 'number/7' },
  { ...IN, lease: 'number/7' },
  { ...IN, lease: 'branch/7' },
]

describe('targets', () => {
  it('have each a key and a shown name of their own, however alike they are named', () => {
    expect(new Set(ALIKE.map(targetKey)).size).toBe(ALIKE.length)
    expect(ALIKE.map((target) => targetOfKey(targetKey(target)))).toEqual(ALIKE)
    expect(new Set(ALIKE.map(formatTarget)).size).toBe(ALIKE.length)
    const pairs = ALIKE.flatMap((a) => ALIKE.map((b) => [a, b] as const))
    expect(pairs.filter(([a, b]) => sameTarget(a, b) !== (a === b))).toEqual([])
  })

  it.each(['conductor', 'merge/main', 'merge/release/1.x'])('may be a lease named %s', (name) => {
    expect(formatTarget({ ...IN, lease: parseLeaseName(name) })).toBe(`acme/api!${name}`)
  })

  it.each(['', '.hidden', 'a..b', 'a b', '-x', 'x/', 'x.lock', 'a\u0000'])('are no lease named %j', (name) => {
    expect(() => parseLeaseName(name)).toThrow('is not a name of a lease')
  })
})
