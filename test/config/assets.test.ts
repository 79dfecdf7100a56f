import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { renderCommittedAssets, renderSchemaAsset } from '../../build/config-assets.ts'
import { DEFAULT_POLICY, DEFAULT_PREFERENCE, ENVIRONMENT } from '../../lib/config/defaults.generated.ts'
import { KEYS } from '../../lib/config/keys.ts'
import { ConfigFile } from '../../lib/config/schema.ts'
import { worktreePath } from '../../lib/git/worktree-location.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))

describe('what is made from the schema and defaults.yaml', () => {
  it.each(renderCommittedAssets(root).map(({ path, text }) => [path, text]))('%s is fresh', (path, text) => {
    expect(readFileSync(`${root}${path}`, 'utf8')).toBe(text)
  })

  it('compiles defaults that are equal to defaults.yaml', () => {
    const file = ConfigFile.parse(parse(readFileSync(`${root}defaults.yaml`, 'utf8')))
    expect({ version: 1, ...DEFAULT_PREFERENCE, ...DEFAULT_POLICY }).toEqual(file)
  })

  it('gives editors a description, a kind and a default for every key, and requires only the version', () => {
    const schema: unknown = JSON.parse(renderSchemaAsset(root).text)
    expect(schema).toMatchObject({ required: ['version'], additionalProperties: false })
    for (const { path } of KEYS) {
      const place = path.split('.').flatMap((name) => ['properties', name])
      expect(schema).toHaveProperty([...place, 'description'], expect.stringMatching(/\((preference|policy|format)\)$/))
      expect(schema).toHaveProperty([...place, 'default'])
    }
  })
})

describe('the schema', () => {
  it('says where worktrees are made when no folder is named', () => {
    const place = { host: 'github.com', repo: 'acme/api', branch: 'work', worktreeDir: null, checkout: '/checkout' }
    const [, below] = worktreePath(place, { XDG_STATE_HOME: '/state' }).split(/^\/state|\/github.com/)
    expect(KEYS.find(({ path }) => path === 'worktree.dir')?.description).toContain(`$XDG_STATE_HOME${below}`)
  })

  it('says of every key what it means and what it must be', () => {
    for (const { path, description, form } of KEYS) {
      expect(description, path).toMatch(/^[A-Z].*\.$/s)
      expect(form, path).not.toBe('')
    }
  })

  it('gives every key but the version a variable of its own', () => {
    expect(Object.values(ENVIRONMENT)).toEqual(KEYS.map(({ path }) => path).filter((path) => path !== 'version'))
  })

  it('holds no default of its own: each key of defaults.yaml is required', () => {
    const file: unknown = parse(readFileSync(`${root}defaults.yaml`, 'utf8'))
    for (const { path } of KEYS) {
      const without = structuredClone(file)
      remove(without, path.split('.'))
      expect(ConfigFile.safeParse(without).success, path).toBe(false)
    }
  })
})

function remove(value: unknown, [name = '', ...rest]: readonly string[]): void {
  if (typeof value !== 'object' || value === null) return
  if (rest.length === 0) Reflect.deleteProperty(value, name)
  else remove(Reflect.get(value, name), rest)
}
