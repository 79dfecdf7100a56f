/**
 * Reads the file in which an agent reports, without trusting that it is a file, small, or JSON.
 */
import { constants } from 'node:fs'
import { open } from 'node:fs/promises'

const RESULT_LIMIT_BYTES = 256 * 1024

/** Why there is no result to read. */
const RESULT_PROBLEMS = ['result_missing', 'result_not_a_file', 'result_too_large', 'result_not_json'] as const
type ResultProblem = (typeof RESULT_PROBLEMS)[number]

export type ResultFile =
  | { readonly result: unknown; readonly problem: null }
  | { readonly result: null; readonly problem: ResultProblem }

export async function readResultFile(path: string): Promise<ResultFile> {
  // A link could lead to anything, and a pipe without a writer would make us wait for ever.
  const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)
  const file = await open(path, flags).catch((error: NodeJS.ErrnoException) => error.code ?? 'unknown')
  if (typeof file === 'string') return failed(file === 'ENOENT' ? 'result_missing' : 'result_not_a_file')

  try {
    const { size, ...stats } = await file.stat()
    if ((stats.mode & constants.S_IFMT) !== constants.S_IFREG) return failed('result_not_a_file')
    if (size > RESULT_LIMIT_BYTES) return failed('result_too_large')
    return { result: JSON.parse(await file.readFile('utf8')), problem: null }
  } catch (error) {
    if (error instanceof SyntaxError) return failed('result_not_json')
    throw error
  } finally {
    await file.close()
  }
}

function failed(problem: ResultProblem): ResultFile {
  return { result: null, problem }
}
