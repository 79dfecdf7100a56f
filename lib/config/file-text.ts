/**
 * The text of a configuration file, or why there is none to read.
 */
import { readFileSync, statSync } from 'node:fs'
import { MAX_TEXT_BYTES } from './bounds.ts'

export type FileText = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly message: string }

/** Anything but a file of ordinary size is refused before it is opened: reading a pipe would never end. */
export function readFileText(path: string): FileText {
  try {
    const stats = statSync(path)
    if (!stats.isFile()) return { ok: false, message: 'is not a file; configuration is read from a file' }
    if (stats.size > MAX_TEXT_BYTES) return { ok: false, message: `is larger than ${MAX_TEXT_BYTES / 1024} KiB` }
    return { ok: true, text: new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path)) }
  } catch (error) {
    return { ok: false, message: describe(error) }
  }
}

function describe(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
  if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return 'is not text in UTF-8'
  return `cannot be read (${code}); check the file and its permissions`
}
