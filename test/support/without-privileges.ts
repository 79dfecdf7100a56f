/**
 * A program for which permissions of files count, also where the tests run as root: root's power to pass
 * them is taken from it before it starts.
 */
import { execFile, spawnSync } from 'node:child_process'
import { promisify } from 'node:util'

const execute = promisify(execFile)

const isRoot = process.getuid?.() === 0
const GIVE_UP = ['setpriv', '--bounding-set=-dac_override,-dac_read_search', '--inh-caps=-all', '--'] as const

/** False for a root whose machine offers no way to give power up. */
export const canGiveUpPrivileges = !isRoot || run([...GIVE_UP, 'true']).status === 0

/** @param program source of a module that prints JSON. @returns what it printed */
export async function runWithoutPrivileges(program: string): Promise<unknown> {
  const node = [process.execPath, '--import', import.meta.resolve('tsx'), '--input-type=module', '--eval', program]
  const [file = '', ...args] = isRoot ? [...GIVE_UP, ...node] : node
  return JSON.parse((await execute(file, args)).stdout)
}

/** The place of a module of `lib/`, for such a program to import. */
export function libModule(path: string): string {
  return JSON.stringify(new URL(`../../lib/${path}`, import.meta.url).href)
}

function run([file, ...args]: readonly [string, ...string[]]) {
  return spawnSync(file, args)
}
