// Started by the build with the folder of its output and the name of a file: runs the fast commands in
// this process, as a user would start them, and appends to the file what V8 compiled for them.
import { execFileSync } from 'node:child_process'
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import vm from 'node:vm'

const [node, , out, file] = process.argv

/** The core is the only script that is made. */
let core
vm.Script = class extends vm.Script {
  constructor(...words) {
    super(...words)
    core = this
  }
}

/** A command ends the process itself, and here the next one follows. */
const exit = process.exit
process.exit = () => {}

const run = ['--issue', '1', '--run-id', 'warm']
const folder = mkdtempSync(join(tmpdir(), 'dev-loops-warm-'))
try {
  process.env = { HOME: folder, GH_TOKEN: 'none', PATH: '' }
  beAWorktree(folder)
  process.chdir(folder)
  claim()
  const script = join(out, 'scripts/ownership/assert.mjs')
  const { AT_HAND, runIfMain, runUmbrella } = await import(pathToFileURL(join(out, 'chunks/core.mjs')).href)
  const start = (...words) => {
    process.argv = [node, ...words]
  }
  const programs = [
    ...[
      ['status', '--issue', '1'],
      ['assert', ...run],
      ['renew', ...run],
      ['renew', '--help'],
    ].map((words) => async () => {
      start('dev-loops', 'ownership', ...words)
      await runUmbrella(() => pathToFileURL(join(out, 'scripts/')))
    }),
    async () => {
      writeFileSync(join(out, 'overview.json'), '[{"name":"ownership assert","summary":"To be written."}]')
      start('dev-loops', '--help')
      await runUmbrella(() => pathToFileURL(join(out, 'scripts/')))
    },
    async () => {
      start(script, ...run)
      await runIfMain(pathToFileURL(script).href, AT_HAND.get('ownership assert'))
    },
  ]
  for (const program of programs) {
    await program()
    if (process.exitCode !== 0) throw new Error(`${process.argv.join(' ')} ended with ${process.exitCode}`)
  }
  appendFileSync(file, core.createCachedData())
} finally {
  process.chdir('/')
  rmSync(folder, { recursive: true, force: true })
}
exit()

/** As much of a linked worktree as a command looks at that starts no git, and a configuration. */
function beAWorktree(top) {
  const git = join(top, 'clone.git')
  const own = join(git, 'worktrees/warm')
  for (const name of [join(git, 'objects'), join(git, 'refs'), own]) mkdirSync(name, { recursive: true })
  for (const place of [git, own]) writeFileSync(join(place, 'HEAD'), 'ref: refs/heads/main\n')
  writeFileSync(join(git, 'config'), '[remote "origin"]\n\turl = https://github.com/acme/api.git\n')
  writeFileSync(join(own, 'commondir'), '../..\n')
  writeFileSync(join(top, '.git'), `gitdir: ${own}\n`)
  writeFileSync(join(top, '.devloops'), 'version: 1\nreview:\n  reviewer: none\n')
}

/**
 * Elsewhere, because what it needs would be kept too, and everything that is kept is read each time. By its clock
 * the configuration is old enough to be read from the cache from then on.
 */
function claim() {
  const later = 'data:text/javascript,const{now}=Date;Date.now=()=>now()+60000'
  const argv = ['--import', later, join(out, 'scripts/ownership/claim.mjs'), ...run]
  execFileSync(process.execPath, argv, { stdio: ['ignore', 'ignore', 'inherit'] })
}
