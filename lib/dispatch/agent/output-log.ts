/**
 * An agent's output in a file of bounded size: its beginning, and its last words.
 *
 * What came between is counted and left out. Writing is synchronous: the writer may be killed in the
 * next instant, and its output is the only witness of why.
 */
import { closeSync, openSync, writeSync } from 'node:fs'

const TAIL_BYTES = 64 * 1024

export class OutputLog {
  readonly #fd: number
  readonly #limitBytes: number
  #open = true
  #writtenBytes = 0
  #omittedBytes = 0
  #tail = Buffer.alloc(0)

  constructor(file: string, limitBytes: number) {
    this.#fd = openSync(file, 'a', 0o600)
    this.#limitBytes = limitBytes
  }

  /** What comes after `close` is dropped: an escaped process may still hold the pipe. */
  write(chunk: Buffer): void {
    if (!this.#open) return
    const room = Math.max(0, this.#limitBytes - this.#writtenBytes)
    const now = chunk.subarray(0, room)
    if (now.length > 0) writeSync(this.#fd, now)
    this.#writtenBytes += now.length
    if (now.length < chunk.length) this.#keep(chunk.subarray(now.length))
  }

  close(): void {
    if (!this.#open) return
    this.#open = false
    if (this.#omittedBytes > 0) writeSync(this.#fd, `\n[${this.#omittedBytes} bytes left out here]\n`)
    if (this.#tail.length > 0) writeSync(this.#fd, this.#tail)
    closeSync(this.#fd)
  }

  #keep(rest: Buffer): void {
    const joined = Buffer.concat([this.#tail, rest])
    this.#tail = joined.subarray(Math.max(0, joined.length - TAIL_BYTES))
    this.#omittedBytes += joined.length - this.#tail.length
  }
}
