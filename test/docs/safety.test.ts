/** The page on safety promises a level for each effect; it must be the one that the effect declares. */
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { absolutePath, page } from './markdown.ts'

const SOURCES = [
  'lib/git/push-effect.ts',
  ...readdirSync(absolutePath('lib/github/effects')).map((name) => `lib/github/effects/${name}`),
]

function declared(): readonly string[] {
  const texts = SOURCES.map((path) => readFileSync(absolutePath(path), 'utf8'))
  return texts.flatMap((text) => {
    const effects = text.matchAll(/^ {4}kind: '(\w+)',[\s\S]*?^ {4}level: '(\w+)',/gm)
    return [...effects].map(([, kind, level]) => `${kind} ${level}`)
  })
}

describe('the table of effects', () => {
  it('names every effect with the level that it declares', () => {
    const rows = page('docs/safety.md').text.matchAll(/^\| `(\w+)` \| (fenced|pinned|checked) \|/gm)
    const told = [...rows].map(([, kind, level]) => `${kind} ${level}`)

    expect(told.length).toBeGreaterThan(5)
    expect(told.sort()).toEqual([...declared()].sort())
  })
})
