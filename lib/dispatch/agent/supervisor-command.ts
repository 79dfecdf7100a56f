/**
 * How the supervisor is started: the built file of the package, or the source through tsx.
 */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { AgentError } from '../../errors.ts'

const BUILT = 'agent-supervisor.mjs'

/** @param from address of the module that asks; which of the two it is decides everything */
export function supervisorCommand(from: string = import.meta.url): readonly string[] {
  if (from.endsWith('.ts')) {
    return ['--import', import.meta.resolve('tsx'), fileURLToPath(new URL('./supervisor.ts', from))]
  }

  // Shared code lies in chunks, so how deep this module lies in the build is not known beforehand.
  for (const up of ['./', '../', '../../', '../../../', '../../../../']) {
    const file = fileURLToPath(new URL(up + BUILT, from))
    if (existsSync(file)) return [file]
  }
  throw new AgentError('agent_failed', `${BUILT} is missing from this installation of dev-loops; install it again`)
}
