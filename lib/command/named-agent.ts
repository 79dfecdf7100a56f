/**
 * The developer that `--agent` names, instead of the configured one.
 */
import { z } from 'zod'
import type { Preference } from '../config/schema.ts'
import { UsageError } from '../errors.ts'

/** @throws UsageError `invalid_value` when it is neither words nor a JSON array of them */
export function agentsFor(
  { agent }: { readonly agent?: string | undefined },
  { agents }: Pick<Preference, 'agents'>,
): Preference['agents'] {
  return agent === undefined ? agents : { ...agents, developer: { ...agents.developer, command: parseArgv(agent) } }
}

const Argv = z.tuple([z.string().min(1)], z.string())

function parseArgv(text: string): z.infer<typeof Argv> {
  const argv = Argv.safeParse(text.trimStart().startsWith('[') ? parseJson(text) : text.trim().split(/\s+/))
  if (argv.success) return argv.data
  throw new UsageError('invalid_value', '--agent: give words, or a JSON array of them such as ["claude","-p"]')
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
