/** A detector's `--input`: facts that somebody saved, in place of GitHub. */
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { UsageError } from '../../errors.ts'
import type { CommandContext } from '../define.ts'

/**
 * @param file path from the current folder; `-` is stdin
 * @returns what the file holds, not looked at yet
 * @throws UsageError `invalid_value` when it cannot be read or is no JSON
 */
export async function readSnapshot(file: string, context: CommandContext): Promise<unknown> {
  const text = await readInput(file, context)
  try {
    return JSON.parse(text)
  } catch {
    throw new UsageError('invalid_value', `${shown(file)} holds no JSON; give a saved snapshot`, { input: file })
  }
}

async function readInput(file: string, context: CommandContext): Promise<string> {
  if (file === '-') return context.readStdin()
  try {
    return await readFile(resolve(context.cwd, file), 'utf8')
  } catch {
    throw new UsageError('invalid_value', `${shown(file)} cannot be read; give the path of a saved snapshot`, {
      input: file,
    })
  }
}

function shown(file: string): string {
  return file === '-' ? 'stdin' : JSON.stringify(file.slice(0, 200))
}
