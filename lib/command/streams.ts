/**
 * stdout and stderr without Node's stream objects, which cost more to load than most commands run.
 *
 * A pipe may be non-blocking, and then a full one answers EAGAIN: the rest is written as soon as it
 * can be. A reader that has gone away (`| head`) is not an error of ours.
 */
import { constants, fstatSync, readSync, statSync } from 'node:fs'
import { EXIT, type ExitCode } from '../codes.ts'
import { writeSome } from '../write-some.ts'

export const STDIN = 0
export const STDOUT = 1
export const STDERR = 2

/**
 * Not by node:tty, which loads the network with it. Of what is no file and no pipe, only the device that
 * swallows everything is met in practice beside terminals. By the bits of the mode, because Node's own way to ask
 * would be compiled for this one question.
 */
export function isTerminal(descriptor: number): boolean {
  try {
    const { mode, rdev } = fstatSync(descriptor)
    const isDevice = (mode & constants.S_IFMT) === constants.S_IFCHR
    return isDevice && rdev !== statSync('/dev/null', { throwIfNoEntry: false })?.rdev
  } catch {
    return false
  }
}

/**
 * @param exit how the command itself ended
 * @returns the exit code to end with: another one when the answer could not be written, as on a full disk
 */
export function printAnswer(text: string, exit: ExitCode): ExitCode {
  try {
    print(STDOUT, text)
    return exit
  } catch (error) {
    const what = `the answer could not be written to stdout (${codeOf(error)}); the command itself ended with ${exit}`
    print(STDERR, `${what}\n`)
    return EXIT.outside
  }
}

/** What goes wrong with stderr can be told nobody. */
export function print(descriptor: number, text: string): void {
  let rest: Uint8Array = Buffer.from(text)
  while (rest.length > 0) {
    try {
      rest = writeSome(descriptor, rest)
    } catch (error) {
      if (codeOf(error) === 'EAGAIN') pause()
      else if (codeOf(error) === 'EPIPE' || descriptor === STDERR) return
      else throw error
    }
  }
}

/** Everything on standard input, up to `limitBytes`. */
export function readAll(descriptor: number, limitBytes = 1_048_576): string {
  const chunks: Buffer[] = []
  let total = 0
  for (;;) {
    const chunk = Buffer.alloc(65_536)
    const size = readChunk(descriptor, chunk)
    if (size === 0 || total > limitBytes) return Buffer.concat(chunks).toString('utf8')
    if (size > 0) {
      chunks.push(chunk.subarray(0, size))
      total += size
    }
  }
}

function readChunk(descriptor: number, chunk: Buffer): number {
  try {
    return readSync(descriptor, chunk)
  } catch (error) {
    if (codeOf(error) === 'EOF') return 0
    if (codeOf(error) !== 'EAGAIN') throw error
    pause()
    return -1
  }
}

function pause(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5)
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : null
}
