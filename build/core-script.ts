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
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { WARM_FACTS } from './warm-facts.ts'

/** The script, and after it what V8 compiled of it: one file is read sooner than two. */
const CODE = 'chunks/core.code'
/** Of the command that has a script to itself. */
const SOLO_CODE = 'chunks/solo.code'
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
  /** When it takes the script of the one command instead, as an expression, and what it does with `solo` then. */
  readonly alone?: { readonly when: string; readonly main: string }
}

export interface Bundled {
  /** The core, as a module. */
  readonly core: string
  /** The command that has a script to itself, as a module that shares nothing with the core. */
  readonly solo: string
}

export async function writeCore({ core, solo }: Bundled, programs: readonly CoreProgram[], out: string): Promise<void> {
  const { names, script } = splitCore(core, programs)
  const soloScript = splitSolo(solo)
  await mkdir(`${out}chunks`, { recursive: true })
  await writeFile(`${out}${CODE}`, script)
  await writeFile(`${out}${SOLO_CODE}`, soloScript)
  await writeFile(`${out}${MODULE}`, `${loader(MODULE, script)}export const{${names.join()}}=core.all();\n`)
  for (const { file, main, alone } of programs) {
    const whole = `${loader(file, script)}${main}`
    const text = alone
      ? `if(${alone.when}){const solo=${runScript(file, SOLO_CODE, soloScript)};${alone.main}}else{${whole}}`
      : whole
    await mkdir(dirname(`${out}${file}`), { recursive: true })
    await writeFile(`${out}${file}`, `#!/usr/bin/env node\n${text}\n`, { mode: 0o755 })
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
  return {
    names: names.map(({ shown }) => shown),
    script: asScript(text.slice(0, found.index), `${[...used].join()},all:()=>({${made.join()}})`),
  }
}

function splitSolo(text: string): string {
  const found = EXPORT.exec(text)
  if (found === null) throw new Error('the command with a script to itself exports nothing')
  return asScript(text.slice(0, found.index), found[1] ?? '')
}

/** @param answer what the script answers with, as the inside of an object */
function asScript(text: string, answer: string): string {
  const body = escaped(text).replaceAll('import.meta.url', 'here()').replaceAll('import(', 'importLate(')
  return aligned(`(function(here,importLate){${body};return{${answer}}})`)
}

/**
 * The file is read as one byte for each character. The bundler escapes what is in strings, but not what is in
 * regular expressions.
 */
function escaped(text: string): string {
  return text.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
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
 * no error of the other.
 */
function loader(file: string, script: string): string {
  const { file: place } = placesOf(file)
  const name = `Symbol.for("dev-loops core "+${place}.slice(0,-${file.length}))`
  return `const core=globalThis[${name}]??=${runScript(file, CODE, script)};\n`
}

/** Only a module may import, so it lends its own way to the script. */
function runScript(file: string, code: string, script: string): string {
  const { file: place, url } = placesOf(file)
  return `(()=>{
const top=${place}.slice(0,-${file.length}),at=(file)=>${url}.slice(0,-${file.length})+file;
const bytes=process.getBuiltinModule("node:fs").readFileSync(top+"${code}"),{Script}=process.getBuiltinModule("node:vm");
const script=new Script(bytes.latin1Slice(0,${script.length}),{filename:top+"${code}",cachedData:bytes.subarray(${script.length})});
return script.runInThisContext()(()=>at("${MODULE}"),(name)=>import(name.startsWith("./")?at("chunks/"+name):name));
})()`
}

function placesOf(file: string) {
  return file.endsWith('.cjs') ? PLACES.cjs : PLACES.mjs
}

/** Runs the fast commands once, each script in a process that keeps what was compiled for it. */
export async function writeCodeCache(out: string): Promise<void> {
  await warm('warm-core.mjs', [out, `${out}${CODE}`])
  const facts = `${out}warm-facts.json`
  await writeFile(facts, JSON.stringify(WARM_FACTS))
  await warm('warm-solo.mjs', [out, `${out}${SOLO_CODE}`, facts])
  await rm(facts)
}

async function warm(name: string, words: readonly string[]): Promise<void> {
  const program = fileURLToPath(new URL(name, import.meta.url))
  await execa(process.execPath, [program, ...words], { stdin: 'ignore', stderr: 'inherit' })
}
