/**
 * Files that are made from the configuration schema and defaults.yaml.
 *
 * - `lib/config/defaults.generated.ts`: the defaults as values, for commands that load no YAML
 * - `lib/config/defaults-text.generated.ts`: the text of defaults.yaml, the lowest layer of the others
 * - `docs/configuration.md`: the reference of all keys
 * - `dist/devloops.schema.json`: for editors
 *
 * The first three are committed, and a test compares them with what is made here.
 */
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parse } from 'yaml'
import { KEYS } from '../lib/config/keys.ts'
import { ConfigFile } from '../lib/config/schema.ts'
import { renderEditorSchema } from './config-editor-schema.ts'
import { renderReference } from './config-reference.ts'
import { printSource } from './print-source.ts'

export interface Asset {
  /** Relative to the repository's top, or to the build's output. */
  readonly path: string
  readonly text: string
}

/**
 * Writes what differs; a file that is as it should be keeps its time.
 *
 * @param out where the output of this build is put together
 */
export function writeConfigAssets(root: string, out: string): void {
  const schema = renderSchemaAsset(root)
  const committed = renderCommittedAssets(root).map(({ path, text }) => ({ file: join(root, path), text }))
  for (const { file, text } of [...committed, { file: join(out, schema.path), text: schema.text }]) {
    if (readIfThere(file) === text) continue
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
  }
}

export function renderCommittedAssets(root: string): Asset[] {
  const yaml = readFileSync(join(root, 'defaults.yaml'), 'utf8')
  return [
    {
      path: 'lib/config/defaults.generated.ts',
      text: renderDefaults(yaml, renderSchemaAsset(root).text, versionOf(root)),
    },
    { path: 'lib/config/defaults-text.generated.ts', text: renderDefaultsText(yaml) },
    { path: 'docs/configuration.md', text: renderReference(yaml) },
  ]
}

export function renderSchemaAsset(root: string): Asset {
  const yaml = readFileSync(join(root, 'defaults.yaml'), 'utf8')
  return { path: 'devloops.schema.json', text: renderEditorSchema(yaml) }
}

function renderDefaults(yaml: string, schemaText: string, version: string): string {
  const {
    version: _,
    gates,
    review,
    autonomy,
    trust,
    protect,
    budgets,
    checks,
    merge,
    ...preference
  } = ConfigFile.parse(parse(yaml))
  const policy = { gates, review, autonomy, trust, protect, budgets, checks, merge }
  const digest = createHash('sha256').update(yaml).update(schemaText).digest('hex').slice(0, 12)
  const settable = KEYS.filter(({ kind }) => kind !== 'format')
  const environment = Object.fromEntries(settable.map(({ environmentName, path }) => [environmentName, path]))

  return `// Made from defaults.yaml and the schema by the build; edit those. See build/config-assets.ts.
import type { Policy, Preference } from './schema.ts'

/** Changes with every version, schema and default; cached results of another one are not used. */
export const BUILT_FOR = ${printSource(`${version}-${digest}`)}

/** Which variable sets which key. */
export const ENVIRONMENT: Readonly<Record<string, string>> = ${printSource(environment)}

export const DEFAULT_PREFERENCE: Preference = ${printSource(preference)}

export const DEFAULT_POLICY: Policy = ${printSource(policy)}
`
}

function renderDefaultsText(yaml: string): string {
  const escaped = yaml.replace(/[\\`]|\$\{/g, '\\$&')
  return `// Made from defaults.yaml by the build; edit that. See build/config-assets.ts.
export const DEFAULTS_TEXT = \`${escaped}\`
`
}

function versionOf(root: string): string {
  const manifest: unknown = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  return typeof manifest === 'object' && manifest && 'version' in manifest ? String(manifest.version) : '0'
}

function readIfThere(file: string): string | null {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return null
  }
}
