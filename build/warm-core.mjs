// Started by the build with the folder of its output and the name of a file: runs the fast commands in
// this process, and writes to the file what V8 compiled for them.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
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

const folder = mkdtempSync(join(tmpdir(), 'dev-loops-warm-'))
try {
  beACheckout(folder)
  process.chdir(folder)
  const { executeWith, processContext } = await import(pathToFileURL(join(out, 'chunks/core.mjs')).href)
  const context = { ...processContext(scripts, []), env: { HOME: folder, GH_TOKEN: 'none', PATH: '' } }
  const run = ['--issue', '1', '--run-id', 'warm']
  const lines = [
    ['claim', ...run],
    ['status', '--issue', '1'],
    ['assert', ...run],
    ['renew', ...run],
    ['renew', '--help'],
  ]
  for (const line of lines) {
    const { answer } = await executeWith(scripts, ['ownership', ...line], context)
    if (!answer.ok) throw new Error(JSON.stringify(answer))
  }
  writeFileSync(file, core.createCachedData())
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
