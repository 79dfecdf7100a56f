import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { SAVED_SCHEMA_FILE, savedSchema } from '../../../build/saved-facts.ts'
import { decideSaved } from '../../../lib/dispatch/saved/decide-saved.ts'
import { SAVED_FACTS_SCHEMA } from '../../../lib/dispatch/saved/saved-facts.generated.ts'
import { formatSaved, SavedFacts } from '../../../lib/dispatch/saved/saved-facts.ts'
import { shaped } from '../../../lib/dispatch/saved/shape.ts'
import type { DecisionInput } from '../../../lib/loop/decision.ts'
import { decide } from '../../../lib/loop/next.ts'
import { anInput, anIntent, aThread, aWork, finished, issueFacts, listed, pullRequestFacts } from '../../loop/build.ts'

const folder = mkdtempSync(join(tmpdir(), 'dev-loops-saved-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function saved(text: string): string {
  const file = join(folder, 'facts.json')
  writeFileSync(file, text)
  return file
}

const plain = (text: string) => text
const INPUTS: readonly DecisionInput[] = [
  anInput(),
  anInput(finished()),
  anInput({ facts: pullRequestFacts({ threads: listed([aThread()]) }), work: aWork({ intents: [anIntent()] }) }),
  anInput({ facts: issueFacts(), local: null, you: null }),
  anInput({ facts: pullRequestFacts(null) }),
]

describe('saved facts', () => {
  it('decide as they were decided', () => {
    for (const input of INPUTS) expect(decideSaved(saved(formatSaved(input, plain))).decision).toEqual(decide(input))
  })

  it('with a policy that could not be read allow nothing', () => {
    const policy = { ok: false, error: 'policy_unproved', message: 'odd' } as const
    expect(decideSaved(saved(formatSaved(anInput({ policy }), plain))).decision).toMatchObject({
      state: 'policy_unproved',
    })
  })

  it('hold no secret', () => {
    const input = anInput({ facts: pullRequestFacts({ body: 'with ghs_abc in it' }) })
    const text = formatSaved(input, (part) => part.replaceAll('ghs_abc', '[redacted]'))
    expect(text).not.toContain('ghs_abc')
    expect(decideSaved(saved(text)).decision.state).toBe(decide(input).state)
  })

  it.each<[string, string, RegExp]>([
    ['no JSON', '{', /it is no JSON/],
    ['another form', '{"devLoopsFacts":2}', /devLoopsFacts is not 1/],
    ['an empty object', '{}', /devLoopsFacts is not there/],
    [
      'a wrong value deep inside',
      formatSaved(anInput(), plain).replace('"isDraft": false', '"isDraft": "no"'),
      /facts\.pr\.isDraft is not true or false/,
    ],
  ])('that are %s are refused with the place', (_what, text, message) => {
    expect(() => decideSaved(saved(text))).toThrow(message)
  })

  it('that are not there are refused', () => {
    expect(() => decideSaved(join(folder, 'nothing.json'))).toThrow(/cannot be opened/)
  })
})

describe('the schema without zod', () => {
  it('is what the build makes of the schema', () => {
    expect(readFileSync(new URL(`../../../${SAVED_SCHEMA_FILE}`, import.meta.url), 'utf8')).toBe(savedSchema())
  })

  it('asks nothing that the check does not know', () => {
    expect([...keywordsOf(SAVED_FACTS_SCHEMA)].filter((word) => !KNOWN.includes(word))).toEqual([])
  })

  it('takes, refuses and gives back exactly what zod does, wherever a file was changed', () => {
    const texts = INPUTS.map((input) => formatSaved(input, plain))
    const change = fc.record({
      text: fc.constantFrom(...texts),
      at: fc.nat(),
      by: fc.oneof(
        fc.constantFrom(undefined, null, '', 0, 1.5, -1, true, [], {}, 'x', ['x'], { x: 1 }, 'r-1', 1e300),
        fc.jsonValue({ maxDepth: 1 }),
      ),
    })
    let taken = 0
    fc.assert(
      fc.property(change, ({ text, at, by }) => {
        const value = changedAt(JSON.parse(text), at, by)
        const zod = SavedFacts.safeParse(value)
        expect(outcomeOf(value), JSON.stringify({ at, by })).toEqual(zod.success ? { value: zod.data } : 'refused')
        if (zod.success) taken++
      }),
      { numRuns: 1_500 },
    )
    expect(taken).toBeGreaterThan(50)
  })
})

function outcomeOf(value: unknown) {
  try {
    return { value: shaped(SAVED_FACTS_SCHEMA, value) }
  } catch {
    return 'refused'
  }
}

/** Replaces one part, whichever it is; `undefined` takes it away. */
function changedAt(value: unknown, at: number, by: unknown): unknown {
  const places: { holder: Record<string, unknown>; key: string }[] = []
  const visit = (part: unknown) => {
    if (typeof part !== 'object' || part === null) return
    const holder = part as Record<string, unknown>
    for (const key of Object.keys(holder)) {
      places.push({ holder, key })
      visit(holder[key])
    }
  }
  visit(value)
  const place = places[at % places.length]
  if (!place) return by
  if (by === undefined && !Array.isArray(place.holder)) delete place.holder[place.key]
  else place.holder[place.key] = by ?? null
  return value
}

const KNOWN = [
  '$defs',
  '$ref',
  'additionalProperties',
  'allOf',
  'anyOf',
  'const',
  'default',
  'enum',
  'items',
  'maxItems',
  'maxLength',
  'maximum',
  'minItems',
  'minLength',
  'minimum',
  'oneOf',
  'pattern',
  'prefixItems',
  'properties',
  'required',
  'type',
]

function keywordsOf(schema: object, found = new Set<string>()): ReadonlySet<string> {
  for (const [key, part] of Object.entries(schema)) {
    found.add(key)
    const named = key === 'properties' || key === '$defs'
    const schemas = named ? Object.values(part) : Array.isArray(part) ? part : [part]
    for (const one of schemas) {
      if (typeof one === 'object' && one !== null && !['default', 'enum', 'required', 'const'].includes(key))
        keywordsOf(one, found)
    }
  }
  return found
}
