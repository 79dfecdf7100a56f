/**
 * A program that can write no large file: of one, the system takes what is allowed and refuses the rest, as a
 * disk does that gets full in the middle.
 */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const execute = promisify(execFile)

/** In bytes. */
export const LARGEST_FILE = 32_768
const BLOCK = 512
const LIMITED = `ulimit -f ${LARGEST_FILE / BLOCK} && exec "$0" "$@"`

/** @param program source of a module that prints JSON. @returns what it printed */
export async function runWithSmallFiles(program: string): Promise<unknown> {
  const node = [process.execPath, '--import', import.meta.resolve('tsx'), '--input-type=module', '--eval', program]
  // It keeps what it compiled in files.
  const env = { ...process.env, TSX_DISABLE_CACHE: '1' }
  return JSON.parse((await execute('sh', ['-c', LIMITED, ...node], { env })).stdout)
}
