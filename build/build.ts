/**
 * Source to `dist/`: bundles, type declarations, and the files that are made from tables.
 *
 * Everything is made in a folder beside it and moved into place in the end, so that whoever runs the
 * output meanwhile has either the old one or the new one.
 */
import { chmod, mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { describeCommands, overviewOf } from '../lib/command/overview.ts'
import { commandNames } from '../lib/command/registry.ts'
import { bundle } from './bundle.ts'
import { writeConfigAssets } from './config-assets.ts'
import { writeDeclarations } from './declarations.ts'
import { writeOwnershipDocs } from './ownership-docs.ts'
import { writeSavedSchema } from './saved-facts.ts'
import { writeStateDocs } from './state-docs.ts'

const root = fileURLToPath(new URL('../', import.meta.url))
const scripts = new URL('../scripts/', import.meta.url)
const programs = ['cli/dev-loops', ...commandNames(scripts).map((name) => `scripts/${name.replace(' ', '/')}`)]
const out = `${root}dist.new-${process.pid}/`

try {
  await mkdir(out)
  await writeConfigAssets(root, out)
  await writeStateDocs(root)
  await writeSavedSchema(root)
  await writeOwnershipDocs(root)
  await bundle({
    root,
    out,
    entries: [...programs, 'lib/index', 'lib/testing/index'].map((name) => `${name}.ts`),
    alone: {
      'lib/dispatch/agent/supervisor.ts': 'agent-supervisor',
      'lib/testing/contender.ts': 'store-contender',
    },
  })
  for (const program of programs) await chmod(`${out}${program}.mjs`, 0o755)
  await writeDeclarations(root, out)
  await listing()
  await putInPlace()
} finally {
  await rm(out, { recursive: true, force: true })
}

/** Help and `dev-loops commands` read this instead of every definition. */
async function listing(): Promise<void> {
  const commands = await describeCommands(scripts)
  await writeFile(`${out}overview.json`, JSON.stringify(overviewOf(commands)))
  await writeFile(`${out}commands.json`, `${JSON.stringify(commands, null, 1)}\n`)
}

async function putInPlace(): Promise<void> {
  const old = `${root}dist.old-${process.pid}`
  await rename(`${root}dist`, old).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
  })
  await rename(out, `${root}dist`)
  await rm(old, { recursive: true, force: true })
}
