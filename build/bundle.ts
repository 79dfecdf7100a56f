/**
 * Source to bundled JavaScript: one small file for each script, for the CLI and for the library; shared
 * code in chunks; what is imported lazily in chunks that are loaded when used.
 *
 * Left alone, the bundler makes one chunk for each set of files that share the same users, and a command
 * then loads twenty small ones; each costs half a millisecond, and starting Node costs thirty. So
 * everything that the fast commands load, they themselves included, goes into one file first, the core,
 * and all else is bundled against it.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { basename, dirname, relative, resolve } from 'node:path'
import { type BuildOptions, build, type Metafile, type OutputFile, type Plugin } from 'esbuild'
import { takeBuiltinsDirectly } from './builtins.ts'
import { type CoreProgram, PLACES, writeCodeCache, writeCore } from './core-script.ts'

/** The commands that have to start fast. */
const FAST = ['ownership status', 'ownership assert', 'ownership renew']

/** What they load late but always, and the umbrella. */
const BESIDE = ['lib/command/umbrella.ts', 'lib/config/load.ts', 'lib/command/help.ts', 'lib/command/overview.ts']

/**
 * The command that starts fast with one of its options. Most of what it holds is in no other fast command, which
 * would all read it along, so it gets a script to itself that shares nothing.
 */
const SOLO = { source: 'scripts/next.ts', word: 'next', option: '--facts' }
/** What it loads late but then always. */
const SOLO_LATE = 'lib/dispatch/saved/decide-saved.ts'

const UMBRELLA = 'cli/dev-loops'

const CORE = 'dev-loops:core'
const CORE_FILE = 'chunks/core.mjs'
const ALONE = 'dev-loops:solo'

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
  const core = await findCore(options)
  const { text, lazy } = await bundleCore({ root, core }, options)
  const others = entries.filter((entry) => !inCore(entry))
  await bundleAgainstCore({ root, core }, [others, lazy], options)
  const programs = Object.entries(alone).map(([from, to]) => ({ in: from, out: to }))
  await write(await build({ ...options, entryPoints: programs }), out, [])
  const solo = await bundleSolo(root, options)
  const scripts = { core: takeBuiltinsDirectly(text), solo: takeBuiltinsDirectly(solo) }
  await writeCodeCache(out, await writeCore(scripts, corePrograms(), out))
}

/** Entries that are in the core whole, so that only their programs are left to write. */
function inCore(entry: string): boolean {
  return [`${UMBRELLA}.ts`, ...FAST.map(sourceOf)].includes(entry)
}

function sourceOf(command: string): string {
  return `scripts/${command.replace(' ', '/')}.ts`
}

/** Node's loader of modules takes longer than its older one, so the installed `dev-loops` is of the older kind. */
function corePrograms(): readonly CoreProgram[] {
  const umbrella = (url: string) => `core.runUmbrella(()=>new URL("../scripts/",${url}));`
  const { word, option } = SOLO
  const when = `process.argv[2]==="${word}"&&process.argv.some((each)=>each==="${option}"||each.startsWith("${option}="))`
  const alone = (url: string) => ({ when, main: `solo.runSolo(()=>new URL("../scripts/",${url}));` })
  return [
    ...FAST.map((name) => ({
      file: sourceOf(name).replace(/\.ts$/, '.mjs'),
      main: `export const command=core.AT_HAND.get("${name}");await core.runIfMain(import.meta.url,command);`,
    })),
    { file: `${UMBRELLA}.mjs`, main: `await ${umbrella(PLACES.mjs.url)}`, alone: alone(PLACES.mjs.url) },
    { file: `${UMBRELLA}.cjs`, main: umbrella(PLACES.cjs.url), alone: alone(PLACES.cjs.url) },
  ]
}

/** @returns `lazy`: the files that the core imports late */
async function bundleCore(around: Around, options: Settings) {
  const lazy = new Set<string>()
  const { outputFiles } = await build({
    ...options,
    ...SHORT,
    entryPoints: [{ in: CORE, out: CORE_FILE.replace('.mjs', '') }],
    plugins: [importLazily({ ...around, lazy }), onlyDefine(around.root)],
  })
  const text = outputFiles[0]?.text ?? ''
  await requireDistinct(around.core, exportsIn(text), options)
  return { text, lazy: [...lazy] }
}

async function bundleSolo(root: string, options: Settings): Promise<string> {
  const contents = [
    `import { command } from './${SOLO.source}'`,
    `import { runPicked } from './lib/command/process.ts'`,
    'export const runSolo = (scripts) => runPicked(command, scripts)',
  ].join('\n')
  const { outputFiles } = await build({
    ...options,
    ...SHORT,
    entryPoints: [{ in: ALONE, out: 'solo' }],
    plugins: [importNothingElse(root, contents), onlyDefine(root)],
  })
  return outputFiles[0]?.text ?? ''
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

/** For what every start reads: a page of memory less saves microseconds. Elsewhere names help whoever reads a stack. */
const SHORT = { minifyIdentifiers: true } as const

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

/** Every file that a fast command holds in memory, except its own. */
async function findCore(options: Settings): Promise<ReadonlySet<string>> {
  const fast = FAST.map(sourceOf)
  const entryPoints = [...fast, ...BESIDE]
  const { metafile } = await build({ ...options, entryPoints, splitting: true, metafile: true })
  const found = new Set<string>()
  const visit = (file: string): void => {
    if (found.has(file)) return
    found.add(file)
    for (const each of importsOf(file, metafile)) visit(each)
  }
  entryPoints.forEach(visit)
  return new Set([...found].filter((file) => !fast.includes(file)).sort())
}

function importsOf(file: string, { inputs }: Metafile): readonly string[] {
  const imports = inputs[file]?.imports ?? []
  return imports.filter(({ kind, external }) => kind === 'import-statement' && !external).map(({ path }) => path)
}

/** All exports of its files, and the fast commands at hand. */
function contentsOf(core: ReadonlySet<string>): string {
  return [
    ...[...core].map((file) => `export * from './${file}'`),
    `import { AT_HAND } from './lib/command/umbrella.ts'`,
    ...FAST.map((name, at) => `import { command as command${at} } from './${sourceOf(name)}'`),
    ...FAST.map((name, at) => `AT_HAND.set('${name}', command${at})`),
  ].join('\n')
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
      onLoad({ filter: /^/, namespace: 'core' }, () => ({ contents: contentsOf(core), resolveDir: root }))
      onResolve({ filter: /^\./ }, ({ kind, path, resolveDir }) => {
        const file = relative(root, resolve(resolveDir, path))
        if (kind !== 'dynamic-import' || core.has(file)) return undefined
        lazy.add(file)
        return { path: `./${relative('chunks', `${outputOf(file, [])}.mjs`)}`, external: true }
      })
    },
  }
}

/** What a script to itself imports late, apart from its own, is for those who did not give its option. */
function importNothingElse(root: string, contents: string): Plugin {
  return {
    name: 'import-nothing-else',
    setup({ onLoad, onResolve }) {
      onResolve({ filter: RegExp(`^${ALONE}$`) }, ({ path }) => ({ path, namespace: 'solo' }))
      onLoad({ filter: /^/, namespace: 'solo' }, () => ({ contents, resolveDir: root }))
      onResolve({ filter: /^\./ }, ({ kind, path, resolveDir }) => {
        const file = relative(root, resolve(resolveDir, path))
        return kind === 'dynamic-import' && file !== SOLO_LATE ? { path: 'not-loaded-here', external: true } : undefined
      })
    },
  }
}

/** What is in the core is no program: it defines its command and runs nothing. */
function onlyDefine(root: string): Plugin {
  const fast = [...FAST.map(sourceOf), SOLO.source].map((file) => `${root}${file}`)
  return {
    name: 'only-define',
    setup: ({ onLoad }) =>
      onLoad({ filter: /\.ts$/ }, async ({ path }) => {
        if (!fast.includes(path)) return undefined
        const text = await readFile(path, 'utf8')
        return { contents: text.replace('\nawait runIfMain(import.meta.url, command)\n', '\n'), loader: 'ts' }
      }),
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
