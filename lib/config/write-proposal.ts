/**
 * Writes a proposed `.devloops`, if there is none of any spelling.
 */
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ConfigError } from '../errors.ts'
import { accept, type Outcome, refuse } from '../outcome.ts'
import type { Survey } from './survey.ts'

/**
 * @returns the file written; refusal `precondition_failed` when there is one already
 * @throws ConfigError `config_not_written`; what was begun is removed again
 */
export function writeProposal(text: string, top: string, { existing }: Survey): Outcome<string> {
  if (existing[0] !== undefined) return alreadyThere(existing[0])

  const file = join(top, '.devloops')
  try {
    writeFileSync(file, text, { flag: 'wx' })
    return accept(file)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
    if (code === 'EEXIST') return alreadyThere('.devloops')
    rmSync(file, { force: true })
    throw new ConfigError(
      'config_not_written',
      `${file} could not be written (${code}); nothing was changed`,
      {},
      { cause: error },
    )
  }
}

function alreadyThere(name: string): Outcome<never> {
  return refuse('precondition_failed', `${name} is there already and is never overwritten; edit it, or remove it first`)
}
