/**
 * One write to an open file.
 *
 * By `writevSync`, though there is one buffer: Node compiles its own functions when they are first called, and that
 * one is a fifth of what `writeSync` and `writeFileSync` are.
 */
import { writevSync } from 'node:fs'

/**
 * @returns what was not written, as when a pipe takes no more or the disk is about to be full
 * @throws the error of the system call
 */
export function writeSome(descriptor: number, bytes: Uint8Array): Uint8Array {
  const written = writevSync(descriptor, [bytes])
  return written === bytes.length ? NOTHING : bytes.subarray(written)
}

const NOTHING = new Uint8Array()
