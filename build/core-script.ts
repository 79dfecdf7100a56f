/**
 * Makes the core start faster than a module can: as a script with V8's code cache beside it.
 *
 * Node 20 parses a module anew in every process and compiles each function when it is first called; for a
 * command that works for a few milliseconds that is most of its time. A script may bring what was compiled
 * before. Another version of Node refuses that cache and compiles as ever, so it can only be missed.
 *
 * Each module more that Node's loader follows costs a millisecond too. So the fast programs import nothing:
 * they make the core themselves, and share it with whatever imports `core.mjs` later in the same process.
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'

/** The script, and after it what V8 compiled of it: one file is read sooner than two. */
const CODE = 'chunks/core.code'
const MODULE = 'chunks/core.mjs'
const EXPORT = /export\{([^}]*)\};?\s*$/

/** Where a program stands, as the two kinds of module say it. */
export const PLACES = {
  mjs: { url: 'import.meta.url', file: 'import.meta.filename' },
  cjs: { url: 'process.getBuiltinModule("node:url").pathToFileURL(__filename).href', file: '__filename' },
} as const

/** A program whose whole work is in the core. */
export interface CoreProgram {
  /** Below the output, such as `cli/dev-loops.mjs`; the ending says which kind of module it is. */
  readonly file: string
  /** What it does with `core`. */
  readonly main: string
}

/** @param text the bundled core, as a module */
export async function writeCore(text: string, programs: readonly CoreProgram[], out: string): Promise<void> {
  const { names, script } = splitCore(text, programs)
  await mkdir(`${out}chunks`, { recursive: true })
  await writeFile(`${out}${CODE}`, script)
  await writeFile(`${out}${MODULE}`, `${loader(MODULE, script)}export const{${names.join()}}=core.all();\n`)
  for (const { file, main } of programs) {
    await mkdir(dirname(`${out}${file}`), { recursive: true })
    await writeFile(`${out}${file}`, `#!/usr/bin/env node\n${loader(file, script)}${main}\n`, { mode: 0o755 })
  }
}

/**
 * A script that answers with what the programs use, and with `all`, which answers with everything that the
 * module would have exported: to make an object of hundreds of names takes too long for a fast command.
 */
function splitCore(
  text: string,
  programs: readonly CoreProgram[],
): { readonly names: readonly string[]; readonly script: string } {
  const found = EXPORT.exec(text)
  if (found === null) throw new Error('the core exports nothing')
  const names = (found[1] ?? '').split(',').map(readName)
  const made = names.map(({ own, shown }) => (own === shown ? own : `${shown}:${own}`))
  const used = new Set(programs.flatMap(({ main }) => [...main.matchAll(/\bcore\.(\w+)/g)].map(([, name]) => name)))
  const body = text.slice(0, found.index).replaceAll('import.meta.url', 'here()').replaceAll('import(', 'importLate(')
  return {
    names: names.map(({ shown }) => shown),
    script: aligned(`(function(here,importLate){${body};return{${[...used].join()},all:()=>({${made.join()}})}})`),
  }
}

/** V8 copies a code cache that does not begin where a machine word may. */
function aligned(script: string): string {
  return script.padEnd(Math.ceil(script.length / 8) * 8)
}

/** @param text `name`, or `name as other` */
function readName(text: string): { readonly own: string; readonly shown: string } {
  const [own = '', shown = own] = text.split(' as ')
  return { own, shown }
}

/**
 * The beginning of a file that uses the core. There is one core in a process, or an error of one would be
 * no error of the other. Only a module may import, so it lends its own way to the script.
 */
function loader(file: string, script: string): string {
  const place = file.endsWith('.cjs') ? PLACES.cjs : PLACES.mjs
  return `const core=(()=>{
const top=${place.file}.slice(0,-${file.length}),at=(file)=>${place.url}.slice(0,-${file.length})+file;
return globalThis[Symbol.for("dev-loops core "+top)]??=(()=>{
const bytes=process.getBuiltinModule("node:fs").readFileSync(top+"${CODE}"),{Script}=process.getBuiltinModule("node:vm");
const script=new Script(bytes.latin1Slice(0,${script.length}),{filename:top+"${CODE}",cachedData:bytes.subarray(${script.length})});
return script.runInThisContext()(()=>at("${MODULE}"),(name)=>import(name.startsWith("./")?at("chunks/"+name):name));
})()})();
`
}

/** Runs the fast commands once in a process that keeps what was compiled for them. */
export async function writeCodeCache(out: string): Promise<void> {
  const program = fileURLToPath(new URL('warm-core.mjs', import.meta.url))
  await execa(process.execPath, [program, out, `${out}${CODE}`], { stdin: 'ignore', stderr: 'inherit' })
}
