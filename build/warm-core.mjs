// Started by the build with the folder of its output and the name of a file: runs the fast commands in
// this process, and appends to the file what V8 compiled for them.
import { execFileSync } from 'node:child_process'
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import vm from 'node:vm'

const [, , out, file] = process.argv
const scripts = pathToFileURL(join(out, 'scripts/'))

/** The core is the only script that is made. */
let core
vm.Script = class extends vm.Script {
  constructor(...words) {
    super(...words)
    core = this
  }
}

const run = ['--issue', '1', '--run-id', 'warm']
const folder = mkdtempSync(join(tmpdir(), 'dev-loops-warm-'))
try {
  beACheckout(folder)
  process.chdir(folder)
  claim(folder)
  const { executeWith, processContext } = await import(pathToFileURL(join(out, 'chunks/core.mjs')).href)
  const context = { ...processContext(() => scripts, []), env: { HOME: folder, GH_TOKEN: 'none', PATH: '' } }
  const lines = [
    ['status', '--issue', '1'],
    ['assert', ...run],
    ['renew', ...run],
    ['renew', '--help'],
  ]
  for (const line of lines) {
    const { answer } = await executeWith(scripts, ['ownership', ...line], context)
    if (!answer.ok) throw new Error(JSON.stringify(answer))
  }
  appendFileSync(file, core.createCachedData())
} finally {
  process.chdir('/')
  rmSync(folder, { recursive: true, force: true })
}
process.exit()

/** As far as a command looks that starts no git. */
function beACheckout(top) {
  for (const name of ['objects', 'refs']) mkdirSync(join(top, '.git', name), { recursive: true })
  writeFileSync(join(top, '.git/HEAD'), 'ref: refs/heads/main\n')
  writeFileSync(join(top, '.git/config'), '[remote "origin"]\n\turl = https://github.com/acme/api.git\n')
}

/** Elsewhere, because what it needs would be kept too, and everything that is kept is read each time. */
function claim(home) {
  const argv = [join(out, 'scripts/ownership/claim.mjs'), ...run]
  execFileSync(process.execPath, argv, { env: { HOME: home }, stdio: ['ignore', 'ignore', 'inherit'] })
}
