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
import { mkdir, rm, stat, writeFile } from 'node:fs/promises'
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

/** @returns the scripts, each with the room that the programs have for it and for what is compiled of it */
export async function writeCore(
  { core, solo }: Bundled,
  programs: readonly CoreProgram[],
  out: string,
): Promise<Rooms> {
  const { names, script } = splitCore(core, programs)
  const soloScript = splitSolo(solo)
  await mkdir(`${out}chunks`, { recursive: true })
  await writeFile(`${out}${CODE}`, script)
  await writeFile(`${out}${SOLO_CODE}`, soloScript)
  await writeFile(
    `${out}${MODULE}`,
    `${loader(MODULE)}const core=${theOne(MODULE, runScript(CODE, script))};export const{${names.join()}}=core.all();\n`,
  )
  for (const { file, main, alone } of programs) {
    const whole = `const core=${theOne(file, runScript(CODE, script))};${main}`
    const text = alone
      ? `if(${alone.when}){const solo=${runScript(SOLO_CODE, soloScript)};${alone.main}}else{${whole}}`
      : whole
    await mkdir(dirname(`${out}${file}`), { recursive: true })
    await writeFile(`${out}${file}`, `#!/usr/bin/env node\n${loader(file)}${text}\n`, { mode: 0o755 })
  }
  return { [CODE]: roomFor(script), [SOLO_CODE]: roomFor(soloScript) }
}

type Rooms = Readonly<Record<string, number>>

/**
 * A script that answers with what the programs use, and with `all`, which answers with everything that the
 * module would have exported: to make an object of hundreds of names takes too long for a fast command.
 */
function splitCore(
  text: string,
  programs: readonly CoreProgram[],
): { readonly names: readonly string[]; readonly script: string } {
  const { body, exported } = splitModule(text)
  const used = new Set(programs.flatMap(({ main }) => [...main.matchAll(/\bcore\.(\w+)/g)].map(([, name]) => name)))
  const ofPrograms = exported.filter(({ shown }) => used.has(shown))
  return {
    names: exported.map(({ shown }) => shown),
    script: asScript(body, `${listed(ofPrograms)},all:()=>({${listed(exported)}})`),
  }
}

function splitSolo(text: string): string {
  const { body, exported } = splitModule(text)
  return asScript(body, listed(exported))
}

interface Exported {
  readonly own: string
  readonly shown: string
}

function splitModule(text: string): { readonly body: string; readonly exported: readonly Exported[] } {
  const found = EXPORT.exec(text)
  if (found === null) throw new Error('a module without exports cannot become a script')
  return { body: text.slice(0, found.index), exported: (found[1] ?? '').split(',').map(readName) }
}

/** The inside of an object literal. */
function listed(names: readonly Exported[]): string {
  return names.map(({ own, shown }) => (own === shown ? own : `${shown}:${own}`)).join()
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
function readName(text: string): Exported {
  const [own = '', shown = own] = text.split(' as ')
  return { own, shown }
}

/** There is one core in a process, or an error of one would be no error of the other. */
function theOne(file: string, made: string): string {
  return `globalThis[Symbol.for("dev-loops core "+${placesOf(file).file}.slice(0,-${file.length}))]??=${made}`
}

function runScript(code: string, script: string): string {
  return `load("${code}",${script.length},${roomFor(script)})`
}

/**
 * The beginning of a file that uses a script. Only a module may import, so it lends its own way to the script.
 *
 * `readFileSync` would be one line instead of three. But Node compiles its own functions when they are first called,
 * and that one calls a dozen that are called for nothing else.
 */
function loader(file: string): string {
  const { file: place, url } = placesOf(file)
  return `function load(code,length,room){
const top=${place}.slice(0,-${file.length}),at=(file)=>${url}.slice(0,-${file.length})+file;
const{openSync,readvSync,closeSync}=process.getBuiltinModule("node:fs"),{Script}=process.getBuiltinModule("node:vm");
const bytes=new Uint8Array(room),opened=openSync(top+code);
let size=0,more;do{more=readvSync(opened,[bytes.subarray(size)]);size+=more}while(more>0);closeSync(opened);
const text=Buffer.prototype.latin1Slice.call(bytes,0,length);
const script=new Script(text,{filename:top+code,cachedData:bytes.subarray(length,size)});
return script.runInThisContext()(()=>at("${MODULE}"),(name)=>import(name.startsWith("./")?at("chunks/"+name):name));
}
`
}

/** Bytes for a script and what was compiled of it; none that is not read into costs anything. */
function roomFor(script: string): number {
  return 4 * script.length
}

function placesOf(file: string) {
  return file.endsWith('.cjs') ? PLACES.cjs : PLACES.mjs
}

/** Runs the fast commands once, each script in a process that keeps what was compiled for it. */
export async function writeCodeCache(out: string, rooms: Rooms): Promise<void> {
  await warm('warm-core.mjs', [out, `${out}${CODE}`])
  const facts = `${out}warm-facts.json`
  await writeFile(facts, JSON.stringify(WARM_FACTS))
  await warm('warm-solo.mjs', [out, `${out}${SOLO_CODE}`, facts])
  await rm(facts)
  for (const [file, room] of Object.entries(rooms)) {
    if ((await stat(`${out}${file}`)).size > room) throw new Error(`${file} is larger than its programs have room for`)
  }
}

async function warm(name: string, words: readonly string[]): Promise<void> {
  const program = fileURLToPath(new URL(name, import.meta.url))
  await execa(process.execPath, [program, ...words], { stdin: 'ignore', stderr: 'inherit' })
}
