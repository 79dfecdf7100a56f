/**
 * Source to `dist/`: one small bundled file per script and for the CLI, shared code in chunks, heavy
 * libraries in chunks of their own that are loaded when used, and type declarations.
 */
import { existsSync } from 'node:fs'
import { chmod, rm, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { execa } from 'execa'
import { describeCommands } from '../lib/command/overview.ts'
import { commandNames } from '../lib/command/registry.ts'
import { writeConfigAssets } from './config-assets.ts'
import { writeStateDocs } from './state-docs.ts'

const root = fileURLToPath(new URL('../', import.meta.url))

await rm(`${root}dist`, { recursive: true, force: true })
await writeConfigAssets(root)
await writeStateDocs(root)
await bundle()
await declarations()
await listing()

async function bundle(): Promise<void> {
  await build({
    absWorkingDir: root,
    entryPoints: [
      'cli/dev-loops.ts',
      'lib/index.ts',
      ...scripts(),
      { in: 'lib/dispatch/agent/supervisor.ts', out: 'agent-supervisor' },
    ].map((entry) => (typeof entry === 'string' ? { in: entry, out: entry.replace(/\.ts$/, '') } : entry)),
    outdir: 'dist',
    outExtension: { '.js': '.mjs' },
    chunkNames: 'chunks/[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    // What a module does on import is nothing, so what is not used can be left out.
    treeShaking: true,
    minifySyntax: true,
    minifyWhitespace: true,
    external: ['@octokit/graphql-schema'],
    // Bundled CommonJS libraries ask for `require`, which an ES module does not have.
    banner: {
      js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
    },
    logLevel: 'warning',
  })
  for (const file of ['cli/dev-loops', ...scripts().map((path) => path.replace(/\.ts$/, ''))]) {
    await chmod(`${root}dist/${file}.mjs`, 0o755)
  }
}

function scripts(): string[] {
  const names = commandNames(new URL('../scripts/', import.meta.url))
  return names.map((name) => `scripts/${name.replace(' ', '/')}.ts`)
}

async function declarations(): Promise<void> {
  const compiler = `${root}node_modules/typescript/bin/tsc`
  if (!existsSync(compiler)) return
  await execa(process.execPath, [compiler, '--project', 'tsconfig.build.json', '--outDir', 'dist/types'], {
    cwd: root,
    stdout: 'inherit',
    stderr: 'inherit',
  })
}

/** Help and `dev-loops commands` read this instead of every definition. */
async function listing(): Promise<void> {
  const commands = await describeCommands(new URL('../scripts/', import.meta.url))
  await writeFile(`${root}dist/commands.json`, `${JSON.stringify(commands, null, 1)}\n`)
}
