/**
 * The one place where a command is run, its answer printed and its exit code chosen.
 *
 * It keeps the promise of every command: one JSON object on stdout, success or failure; never a stack
 * trace, never a secret. Whatever is not a typed error is a bug of ours and says so.
 */
import { EXIT, type ExitCode, exitCodeFor } from '../codes.ts'
import { DevLoopsError } from '../errors.ts'
import { type Executed, type Refusal, refuse } from '../outcome.ts'
import type { Command, CommandAnswer, CommandContext } from './define.ts'
import { formatHelp } from './help.ts'
import { parseLine } from './parse.ts'
import { redact } from './redact.ts'

export interface Ran extends Executed {
  /** Help, or the readable answer; the caller decides whether it or the JSON is printed. */
  readonly text: string
  /** Help was asked for: `text` is printed whatever the stream is. */
  readonly help: boolean
  readonly json: boolean
}

/** Never throws. */
export async function runCommand(command: Command, words: readonly string[], context: CommandContext): Promise<Ran> {
  const json = words.includes('--json')
  try {
    const line = parseLine(command, words, context.env)
    if (line.help) return { answer: { ok: true }, exit: EXIT.done, text: formatHelp(command), help: true, json }
    const { answer, text, exit } = await command.invoke(line.values, context)
    return { answer, exit: exit ?? exitFor(answer), text, help: false, json }
  } catch (error) {
    return failed(error, json, context)
  }
}

/** What a failure looks like to whoever called; also used where no command was found to run. */
export function failed(error: unknown, json: boolean, context: CommandContext): Ran {
  const answer = refusalFor(error, context)
  return { answer, exit: exitFor(answer), text: `${answer.error}: ${answer.message}`, help: false, json }
}

function exitFor(answer: CommandAnswer): ExitCode {
  return answer.ok ? EXIT.done : exitCodeFor(answer.error)
}

function refusalFor(error: unknown, { env }: CommandContext): Refusal {
  if (error instanceof DevLoopsError) return refuse(error.code, redact(error.message, env), error.details)
  if (error instanceof Error && error.name === 'AbortError') return refuse('cancelled', 'stopped before it was done')
  const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  const message = `this is a bug of dev-loops (${redact(what, env).slice(0, 300)}); DEBUG=dev-loops:* shows where`
  if (env.DEBUG?.includes('dev-loops') && error instanceof Error) {
    return refuse('internal_error', message, { stack: redact(error.stack ?? '', env) })
  }
  return refuse('internal_error', message)
}
