/**
 * Which command checks a head: the one that the base branch names, never the head's own.
 */
import { readDocument } from '../../config/document.ts'
import type { Objects } from '../git/objects.ts'

const NAMES = ['.devloops', '.devloops.yaml', '.devloops.yml', '.devloops.json'] as const

/** @returns program and arguments; `null` when the base has no policy, or one that names no command */
export async function checkCommand(
  objects: Pick<Objects, 'fileAt'>,
  baseOid: string,
): Promise<readonly string[] | null> {
  for (const name of NAMES) {
    const text = await objects.fileAt(baseOid, name)
    if (text !== null) return commandIn(text, name)
  }
  return null
}

/** A policy that cannot be read starts no checks; whoever reads it for its rules says what is wrong with it. */
function commandIn(text: string, name: string): readonly string[] | null {
  const { value } = readDocument(text, 'policy', name)
  const command = fieldOf(fieldOf(value, 'checks'), 'command')
  if (!Array.isArray(command) || command.length === 0) return null
  return command.every((word) => typeof word === 'string') ? command : null
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && name in value ? Reflect.get(value, name) : null
}
