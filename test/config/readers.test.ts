import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { DEFAULT_POLICY, DEFAULT_PREFERENCE } from '../../lib/config/defaults.generated.ts'
import { KEYS } from '../../lib/config/keys.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** Read from the text of a file, without our types. */
const READ_BY_NAME: Readonly<Record<string, { file: string; words: RegExp }>> = {
  'checks.command': { file: 'lib/forge/checks/policy.ts', words: /'checks'\), 'command'/ },
}

it('every key is read by something other than configuration itself', () => {
  const sources = sourcesOf(['lib', 'scripts', 'cli'])
  const unread = KEYS.filter(({ kind }) => kind !== 'format').filter(({ path }) => !isRead(path, sources))
  expect(unread.map(({ path }) => path)).toEqual([])
})

type Sources = ReadonlyMap<string, string>

function isRead(path: string, sources: Sources): boolean {
  const byName = READ_BY_NAME[path]
  if (byName) return byName.words.test(sources.get(byName.file) ?? '')

  const forms = formsOf(path)
  return [...sources.values()].some((text) => forms.some((form) => form.test(text)))
}

/** `lease.runTtlMs`, `{ runTtlMs } = … lease`, or the whole section by a computed name. */
function formsOf(path: string): RegExp[] {
  const [name = '', section = 'config'] = path.split('.').reverse()
  const property = isTyped(path) ? name : `${name}Ms`
  return [
    new RegExp(`\\b${section}\\??\\.${property}\\b`),
    new RegExp(`\\{[^{}=]*\\b${property}\\b[^{}=]*\\}\\s*=\\s*[^\\n]*\\b${section}\\b`),
    new RegExp(`\\b${section}\\[`),
  ]
}

/** Whether the typed value bears the same name as the key in a file; a duration does not. */
function isTyped(path: string): boolean {
  const found = path
    .split('.')
    .reduce<unknown>(
      (inner, name) => (typeof inner === 'object' && inner !== null ? Reflect.get(inner, name) : undefined),
      { ...DEFAULT_PREFERENCE, ...DEFAULT_POLICY },
    )
  return found !== undefined
}

function sourcesOf(folders: readonly string[]): Sources {
  const files = folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => join(folder, name)),
  )
  const readers = files.filter((file) => !file.startsWith(join('lib', 'config')))
  return new Map(readers.map((file) => [file, readFileSync(join(root, file), 'utf8')]))
}
