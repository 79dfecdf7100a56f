import { basename } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  decodeName,
  headsAmong,
  parseVersion,
  preparerOf,
  recordFolder,
  recordsFolder,
} from '../../lib/store/files/layout.ts'

const ROOT = '/state'
const namesOf = (key: string) =>
  recordFolder(ROOT, key)
    .slice(recordsFolder(ROOT).length + 1)
    .split('/')
const anyKey = fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 80 }),
  fc.string({ unit: fc.constantFrom('a', 'A', '.', '/', ',', '=', '~', '2', 'f', 'é'), minLength: 1, maxLength: 400 }),
)

describe('names of records', () => {
  it('keeps the ordinary key readable', () => {
    expect(namesOf('github.com/acme/api/number/88')).toEqual(['github.com,acme,api,number,88'])
  })

  it('spells every key so that it can be read back', () => {
    const readBack = (key: string) => {
      const parts = namesOf(key).map(decodeName)
      expect(parts.map((part) => part?.continues)).toEqual(parts.map((_, i) => i < parts.length - 1))
      expect(Buffer.concat(parts.map((part) => part?.bytes ?? Buffer.alloc(0))).toString('utf8')).toBe(key)
    }
    fc.assert(fc.property(anyKey, readBack), { numRuns: 1_000 })
  })

  it('uses no name that a file system changes, refuses or takes for another', () => {
    const harmless = (key: string) => {
      for (const name of namesOf(key)) {
        expect(name).toMatch(/^[a-z0-9_@,=-]([a-z0-9._@,=-]*[a-z0-9_@,=-])?~?$/)
        expect(name.length).toBeLessThanOrEqual(210)
      }
    }
    fc.assert(fc.property(anyKey, harmless), { numRuns: 1_000 })
  })

  it('never puts one record inside another', () => {
    const apart = (a: string, b: string) => {
      fc.pre(a !== b)
      expect(recordFolder(ROOT, b).startsWith(`${recordFolder(ROOT, a)}/`)).toBe(false)
    }
    fc.assert(fc.property(anyKey, anyKey, apart))
    apart('a'.repeat(198), 'a'.repeat(400))
  })

  it.each(['A', 'a~b', '', 'Thumbs.db', 'a=2', 'a=GG', 'é'])('takes %j for no record', (name) => {
    expect(decodeName(name)).toBeNull()
  })
})

describe('names in a record', () => {
  it.each(['head.0.a', 'head.01.a', 'head.1', 'head.1.A', 'head.1.a.b', 'data.1.a', 'head.1e3.a', 'xhead.1.a'])(
    'takes %j for no head',
    (name) => {
      expect(headsAmong([name])).toEqual([])
    },
  )

  it.each(['', '1', '1.', '.a', '1.a/../../b', '-1.a', '1.a\n'])('takes %j for no version', (version) => {
    expect(parseVersion(version)).toBeNull()
  })

  it('knows the process that prepared a folder, and no other folder', () => {
    expect(preparerOf('4711.abc')).toBe(4711)
    for (const name of ['0.abc', 'trash.x.4711.abc', basename('/a/abc')]) expect(preparerOf(name)).toBeNull()
  })
})
