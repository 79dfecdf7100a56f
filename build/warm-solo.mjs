// Started by the build with the folder of its output, the file of a script, and a file of saved facts: decides
// from them in this process, and appends to the file of the script what V8 compiled for that.
import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import vm from 'node:vm'

const [node, , out, file, facts] = process.argv

/** The only script that is made. */
let solo
vm.Script = class extends vm.Script {
  constructor(...words) {
    super(...words)
    solo = this
  }
}

// The command ends the process itself.
process.on('exit', () => appendFileSync(file, solo.createCachedData()))
process.argv = [node, 'dev-loops', 'next', '--facts', facts]
await import(pathToFileURL(join(out, 'cli/dev-loops.mjs')).href)
