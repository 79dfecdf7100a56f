/**
 * Source to bundled JavaScript: one small file for each script, for the CLI and for the library; shared
 * code in chunks; what is imported lazily in chunks that are loaded when used.
 *
 * Left alone, the bundler makes one chunk for each set of files that share the same users, and a command
 * then loads twenty small ones; each costs half a millisecond, and starting Node costs thirty. So
 * everything that the fast commands load goes into one file first, `core.mjs`, and all else is bundled
 * against it.
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { basename, dirname, relative, resolve } from 'node:path'
import { type BuildOptions, build, type Metafile, type OutputFile, type Plugin } from 'esbuild'
import { takeBuiltinsDirectly } from './builtins.ts'
import { writeCodeCache, writeCore } from './core-script.ts'

/** What has to start fast, and what it loads late but always. */
const FAST = [
  'cli/dev-loops.ts',
  'scripts/ownership/status.ts',
  'scripts/ownership/assert.ts',
  'scripts/ownership/renew.ts',
  'lib/config/load.ts',
  'lib/command/help.ts',
  'lib/command/overview.ts',
]

const CORE = 'dev-loops:core'
const CORE_FILE = 'chunks/core.mjs'

export interface BundleRequest {
  /** Folder of the source, ending in a slash. */
  readonly root: string
  /** Folder that receives the output, ending in a slash. */
  readonly out: string
  readonly entries: readonly string[]
  /** Programs that are started by others and share nothing: source by output. */
  readonly alone: Readonly<Record<string, string>>
}

export async function bundle({ root, out, entries, alone }: BundleRequest): Promise<void> {
  const options = settings(root, out)
  const core = await findCore(options, entries)
  const { text, lazy } = await bundleCore({ root, core }, options)
  await bundleAgainstCore({ root, core }, [entries, lazy], options)
  const programs = Object.entries(alone).map(([from, to]) => ({ in: from, out: to }))
  await write(await build({ ...options, entryPoints: programs }), out, [])
  await writeCore(takeBuiltinsDirectly(text), `${out}chunks/`)
  await writeCodeCache(out)
}

/** @returns `lazy`: the files that the core imports late */
async function bundleCore(around: Around, options: Settings) {
  const lazy = new Set<string>()
  const { outputFiles } = await build({
    ...options,
    entryPoints: [{ in: CORE, out: CORE_FILE.replace('.mjs', '') }],
    plugins: [importLazily({ ...around, lazy })],
  })
  const text = outputFiles[0]?.text ?? ''
  await requireDistinct(around.core, exportsIn(text), options)
  return { text, lazy: [...lazy] }
}

async function bundleAgainstCore(
  around: Around,
  [entries, lazy]: readonly [readonly string[], readonly string[]],
  options: Settings,
): Promise<void> {
  const built = await build({
    ...options,
    entryPoints: [...entries, ...lazy].map((entry) => ({ in: entry, out: outputOf(entry, entries) })),
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    metafile: true,
    plugins: [importFromCore(around)],
  })
  const outputs = Object.entries(built.metafile.outputs)
  const idle = outputs.filter(([, { inputs }]) => Object.keys(inputs).length === 0).map(([file]) => basename(file))
  await write(built, options.outdir, idle)
}

type Built = { readonly outputFiles: readonly OutputFile[] }
type Settings = ReturnType<typeof settings>

function settings(root: string, out: string) {
  return {
    absWorkingDir: root,
    outdir: out,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    minifySyntax: true,
    minifyWhitespace: true,
    external: ['@octokit/graphql-schema'],
    logLevel: 'warning',
  } as const satisfies BuildOptions
}

/** Every file that a fast command holds in memory, except those that become files of their own. */
async function findCore(options: Settings, entries: readonly string[]): Promise<ReadonlySet<string>> {
  const { metafile } = await build({ ...options, entryPoints: FAST, splitting: true, metafile: true })
  const found = new Set<string>()
  const visit = (file: string): void => {
    if (found.has(file)) return
    found.add(file)
    for (const each of importsOf(file, metafile)) visit(each)
  }
  FAST.forEach(visit)
  return new Set([...found].filter((file) => !entries.includes(file)).sort())
}

function importsOf(file: string, { inputs }: Metafile): readonly string[] {
  const imports = inputs[file]?.imports ?? []
  return imports.filter(({ kind, external }) => kind === 'import-statement' && !external).map(({ path }) => path)
}

function exportAll(files: ReadonlySet<string>): string {
  return [...files].map((file) => `export * from './${file}'`).join('\n')
}

/**
 * Two files that export different things under one name would hide both: a rename in the source is
 * easier to follow than one by the build.
 */
async function requireDistinct(core: ReadonlySet<string>, kept: readonly string[], options: Settings): Promise<void> {
  const onlyThemselves: Plugin = {
    name: 'only-themselves',
    setup: ({ onResolve }) =>
      onResolve({ filter: /^/ }, ({ path, kind }) => (kind === 'entry-point' ? undefined : { path, external: true })),
  }
  const { metafile } = await build({ ...options, entryPoints: [...core], metafile: true, plugins: [onlyThemselves] })
  for (const { entryPoint, exports } of Object.values(metafile.outputs)) {
    const hidden = exports.filter((name) => !kept.includes(name))
    if (hidden.length > 0) throw new Error(`another file of the core exports ${hidden} too, like ${entryPoint}; rename`)
  }
}

/** What the file itself says: the bundler's own listing also names what two files hide from each other. */
function exportsIn(text: string): readonly string[] {
  const [, names = ''] = /export\{([^}]*)\};?\s*$/.exec(text) ?? []
  return names.split(',').map((name) => name.replace(/^.* as /, ''))
}

interface Around {
  readonly root: string
  readonly core: ReadonlySet<string>
}

/** What the core imports late is either in it, or becomes an entry of the second pass. */
function importLazily({ root, core, lazy }: Around & { lazy: Set<string> }): Plugin {
  return {
    name: 'import-lazily',
    setup({ onLoad, onResolve }) {
      onResolve({ filter: RegExp(`^${CORE}$`) }, ({ path }) => ({ path, namespace: 'core' }))
      onLoad({ filter: /^/, namespace: 'core' }, () => ({ contents: exportAll(core), resolveDir: root }))
      onResolve({ filter: /^\./ }, ({ kind, path, resolveDir }) => {
        const file = relative(root, resolve(resolveDir, path))
        if (kind !== 'dynamic-import' || core.has(file)) return undefined
        lazy.add(file)
        return { path: `./${relative('chunks', `${outputOf(file, [])}.mjs`)}`, external: true }
      })
    },
  }
}

function importFromCore({ root, core }: Around): Plugin {
  return {
    name: 'import-from-core',
    setup({ onResolve }) {
      onResolve({ filter: /^\./ }, ({ path, resolveDir }) => {
        return core.has(relative(root, resolve(resolveDir, path))) ? { path: CORE, external: true } : undefined
      })
    },
  }
}

function outputOf(file: string, entries: readonly string[]): string {
  const bare = file.replace(/\.ts$/, '')
  return entries.includes(file) ? bare : `chunks/${bare.replaceAll('/', '-')}`
}

const EVERYTHING = RegExp(`\\*(?:as [\\w$]+ )?from"${CORE}"`)

/** @param idle files that only hold the bundler's own helpers: importing one for no name does nothing */
async function write({ outputFiles }: Built, out: string, idle: readonly string[]): Promise<void> {
  for (const { path, text } of outputFiles) {
    if (EVERYTHING.test(text)) throw new Error(`${path} exports all of a core file, which is all of the core; name it`)
    const core = relative(dirname(path), `${out}${CORE_FILE}`)
    const linked = text
      .replaceAll(JSON.stringify(CORE), JSON.stringify(core.startsWith('.') ? core : `./${core}`))
      .replace(/(?<=[;\n])import"([^"]+)";/g, (whole, from: string) => (idle.includes(basename(from)) ? '' : whole))
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, takeBuiltinsDirectly(linked))
  }
}
