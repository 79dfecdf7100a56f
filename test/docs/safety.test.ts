/** The page on safety promises a level for each effect; it must be the one that the effect declares. */
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Fencing } from '../../lib/git/push-fenced.ts'
import { absolutePath, page } from './markdown.ts'

const SOURCES = [
  'lib/git/push-effect.ts',
  ...readdirSync(absolutePath('lib/github/effects')).map((name) => `lib/github/effects/${name}`),
]

/** A push is as safe as the place of the records lets it be. */
const EITHER = ['fenced', 'pinned'] satisfies Fencing['level'][]

function declared(): readonly string[] {
  const texts = SOURCES.map((path) => readFileSync(absolutePath(path), 'utf8'))
  return texts.flatMap((text) => {
    const effects = text.matchAll(/^ {4}kind: '(\w+)',[\s\S]*?^ {4}level: (?:'(\w+)'|(fencing\.level)),/gm)
    return [...effects].flatMap(([, kind, level]) => (level ? [level] : EITHER).map((one) => `${kind} ${one}`))
  })
}

describe('the table of effects', () => {
  it('names every effect with the level that it declares', () => {
    const rows = page('docs/safety.md').text.matchAll(/^\| `(\w+)`[^|]* \| (fenced|pinned|checked) \|/gm)
    const told = [...rows].map(([, kind, level]) => `${kind} ${level}`)

    expect(told.length).toBeGreaterThan(5)
    expect(told.sort()).toEqual([...declared()].sort())
  })
})
