import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkEnvironment, checkFlags } from '../../lib/config/environment.ts'
import { KEYS } from '../../lib/config/keys.ts'
import { parsePolicy } from '../../lib/config/policy.ts'
import { formatProblem } from '../../lib/config/problem.ts'
import { readText } from '../../lib/config/resolve.ts'

/** Pieces that parsers stumble over, and our own names so that deep paths are reached. */
const piece = fc.oneof(
  fc.constantFrom(
    'version: 1',
    '\n',
    '\n  ',
    ': ',
    '- ',
    '? ',
    '[',
    ']',
    '{',
    '}',
    ',',
    '"',
    "'",
    '|',
    '>',
    '#',
    '&a',
    '*a',
  ),
  fc.constantFrom(
    '!!binary ',
    '---',
    '...',
    '%YAML 1.1',
    '\t',
    '\r',
    '\u0000',
    '\ufeff',
    '__proto__',
    'constructor',
    '<<',
    '~',
  ),
  fc.constantFrom(...KEYS.flatMap(({ path }) => path.split('.'))),
  fc.constantFrom('true', 'null', '.inf', '0x1', '1e9', '90s', 'merge', 'copilot'),
  fc.string({ unit: 'binary', maxLength: 6 }),
)
const text = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(''))

/** A tree whose keys are mostly ours and whose values are anything. */
const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small', maxDepth: 4 },
    fc.jsonValue({ maxDepth: 2 }),
    fc.dictionary(fc.constantFrom('__proto__', 'x', ...KEYS.flatMap(({ path }) => path.split('.'))), tie('tree'), {
      maxKeys: 6,
    }),
  ),
}))

const source = fc.constantFrom('.devloops', '.devloops.json')

describe('whatever a file, variable or flag holds', () => {
  it('text becomes settings or problems with a place, and never an exception', () => {
    fc.assert(
      fc.property(text, source, (content, name) => {
        const { problems } = readText(content, 'policy', name)
        for (const problem of problems) {
          expect(problem.line).toBeGreaterThan(0)
          expect(problem.column).toBeGreaterThan(0)
          expect(formatProblem(problem)).not.toMatch(/\n\s+at |Invalid input|undefined/)
        }
      }),
      { numRuns: 1_500 },
    )
  })

  it('a tree of our own keys is judged key by key, and policy is given or refused', () => {
    fc.assert(
      fc.property(tree, (value) => {
        const content = JSON.stringify(Object.assign({ version: 1 }, value))
        const policy = parsePolicy(content, '.devloops.json')
        if (!policy.ok) expect(policy.error).toBe('policy_unproved')
      }),
      { numRuns: 300 },
    )
  })

  it('variables and flags become settings or problems', () => {
    const variables = KEYS.filter(({ kind }) => kind !== 'format').map((key) => key.environmentName)
    const values = fc.oneof(
      text,
      tree.map((value) => JSON.stringify(value) ?? ''),
      fc.constantFrom('5s', '[]', 'true'),
    )
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...variables, 'DEV_LOOPS_WAIT_X'), values, { maxKeys: 5 }), (env) => {
        const { settings, problems } = checkEnvironment(env)
        expect(settings.size + problems.length).toBeGreaterThanOrEqual(Object.keys(env).length)
      }),
    )
    fc.assert(
      fc.property(fc.constantFrom(...KEYS.map(({ path }) => path), 'x.y'), values, (path, value) => {
        const { settings, problems } = checkFlags({ [path]: value })
        expect(settings.size + problems.length).toBeGreaterThan(0)
      }),
    )
  })
})
