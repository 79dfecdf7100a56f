/**
 * Which command checks a head: the one that the base branch names, never the head's own.
 */
import { parse } from 'yaml'
import type { Objects } from '../git/objects.ts'

const NAMES = ['.devloops', '.devloops.yaml', '.devloops.yml', '.devloops.json'] as const

/** @returns program and arguments; `null` when the base has no policy, or one that names no command */
export async function checkCommand(objects: Objects, baseOid: string): Promise<readonly string[] | null> {
  for (const name of NAMES) {
    const text = await objects.fileAt(baseOid, name)
    if (text !== null) return commandIn(text)
  }
  return null
}

function commandIn(text: string): readonly string[] | null {
  const command = fieldOf(fieldOf(parseLoosely(text), 'checks'), 'command')
  if (!Array.isArray(command) || command.length === 0) return null
  return command.every((word) => typeof word === 'string') ? command : null
}

/** A policy that cannot be read starts no checks; whoever reads it for its rules says what is wrong with it. */
function parseLoosely(text: string): unknown {
  try {
    return parse(text)
  } catch {
    return null
  }
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && name in value ? Reflect.get(value, name) : null
}
