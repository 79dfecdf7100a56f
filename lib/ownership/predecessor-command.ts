/**
 * The predecessor's command `pr-runner-coordination` as a function, with its words and fields.
 */
import { UsageError } from '../errors.ts'
import {
  assertRunnerOwnership,
  claimRunnerOwnership,
  loadRunnerCoordinationState,
  releaseRunnerOwnership,
} from './predecessor-api.ts'
import { targetOf } from './predecessor-target.ts'
import type { RunnerCoordinationState, RunnerOwnershipResult } from './predecessor-types.ts'

const COMMANDS = ['status', 'claim', 'takeover', 'assert', 'release'] as const
type RunnerCoordinationCommand = (typeof COMMANDS)[number]

export interface RunnerCoordinationOptions {
  readonly command: RunnerCoordinationCommand
  readonly repo: string
  readonly pr: number | string
  /** Without one the environment is asked. */
  readonly runId?: string | null | undefined
  /** Only `assert` looks at it. */
  readonly requireExisting?: boolean | undefined
  readonly filePath?: string | null | undefined
}

interface Surroundings {
  readonly env?: Readonly<Record<string, string | undefined>> | undefined
  readonly cwd?: string | undefined
}

export interface RunnerCoordinationStatus {
  readonly ok: true
  readonly command: 'status'
  readonly repo: string
  readonly pr: number
  readonly filePath: string
  readonly state: RunnerCoordinationState | null
}

export async function runPrRunnerCoordination(
  { command, requireExisting, ...named }: RunnerCoordinationOptions,
  { env = process.env, cwd = process.cwd() }: Surroundings = {},
): Promise<RunnerCoordinationStatus | RunnerOwnershipResult> {
  const runId = named.runId?.trim() || env.DEV_LOOPS_RUN_ID?.trim() || env.PI_SUBAGENT_RUN_ID?.trim()
  const options = { ...named, env, cwd, runId, caller: 'command' } as const
  if (command === 'claim' || command === 'takeover') return claimRunnerOwnership({ ...options, mode: command })
  if (command === 'assert') return assertRunnerOwnership({ ...options, requireExisting })
  if (command === 'release') return releaseRunnerOwnership(options)
  if (command !== 'status') throw unknownCommand(command)

  const { repo, number: pr } = targetOf(options)
  return { ok: true, command, repo, pr, ...(await loadRunnerCoordinationState(options)) }
}

/** For callers without types. */
function unknownCommand(command: never): UsageError {
  const known = COMMANDS.join(', ')
  return new UsageError('invalid_value', `${JSON.stringify(String(command))} is no command here; give one of ${known}`)
}
