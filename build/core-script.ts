/**
 * Makes the core start faster than a module can: as a script with V8's code cache beside it.
 *
 * Node 20 parses a module anew in every process and compiles each function when it is first called; for a
 * command that works for a few milliseconds that is most of its time. A script may bring what was compiled
 * before. Another version of Node refuses that cache and compiles as ever, so it can only be missed.
 */
import { writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'

const CODE = 'core.code'
const CACHE = 'core.cache'
const EXPORT = /export\{([^}]*)\};?\s*$/

/** A module that hands out what the script beside it makes. */
function splitCore(text: string): { readonly module: string; readonly script: string } {
  const found = EXPORT.exec(text)
  if (found === null) throw new Error('the core exports nothing')
  const names = (found[1] ?? '').split(',').map(readName)
  const made = names.map(({ own, shown }) => (own === shown ? own : `${shown}:${own}`))
  const body = text.slice(0, found.index).replaceAll('import.meta.url', 'here').replaceAll('import(', 'importLate(')
  return {
    script: `(function(here,importLate){${body};return{${made.join()}}})`,
    module: loader(names.map(({ shown }) => shown)),
  }
}

/** @param text `name`, or `name as other` */
function readName(text: string): { readonly own: string; readonly shown: string } {
  const [own = '', shown = own] = text.split(' as ')
  return { own, shown }
}

/** Only a module may import, so it lends its own way to the script. */
function loader(names: readonly string[]): string {
  return `const{readFileSync}=process.getBuiltinModule("node:fs"),{Script}=process.getBuiltinModule("node:vm");
const folder=process.getBuiltinModule("node:url").fileURLToPath(new URL(".",import.meta.url));
let cachedData;try{cachedData=readFileSync(folder+"${CACHE}")}catch{}
const script=new Script(readFileSync(folder+"${CODE}","latin1"),{filename:folder+"${CODE}",cachedData});
export const{${names.join()}}=script.runInThisContext()(import.meta.url,(from)=>import(from));
`
}

export async function writeCore(text: string, folder: string): Promise<void> {
  const { module, script } = splitCore(text)
  await writeFile(`${folder}core.mjs`, module)
  await writeFile(`${folder}${CODE}`, script)
}

/** Runs the fast commands once in a process that keeps what was compiled for them. */
export async function writeCodeCache(out: string): Promise<void> {
  const program = fileURLToPath(new URL('warm-core.mjs', import.meta.url))
  await execa(process.execPath, [program, out, `${out}chunks/${CACHE}`], { stdin: 'ignore', stderr: 'inherit' })
}
