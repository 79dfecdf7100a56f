/**
 * The edge to the process: this program's arguments, streams, signals and exit code.
 */
import { realpathSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { EXIT } from '../codes.ts'
import { UsageError } from '../errors.ts'
import type { Command, CommandContext } from './define.ts'
import { redact } from './redact.ts'
import { executeWith } from './registry.ts'
import { type Ran, runCommand } from './run.ts'
import { isTerminal, print, printAnswer, readAll, STDERR, STDIN, STDOUT } from './streams.ts'

/**
 * Runs the command if its file is the program that was started; does nothing when it was imported.
 *
 * @param moduleUrl `import.meta.url` of the script
 */
export async function runIfMain(moduleUrl: string, command: Command): Promise<void> {
  const started = process.argv[1]
  if (started === undefined || realpath(started) !== fileURLToPath(moduleUrl)) return
  const depth = command.definition.name.split(' ').length
  const scripts = () => new URL('../'.repeat(depth - 1) || './', moduleUrl)
  const words = process.argv.slice(2)
  finish(await runCommand(command, words, processContext(scripts, words)))
}

/**
 * Runs a command that its first word picked.
 *
 * @public used by build/bundle.ts
 */
export async function runPicked(command: Command, scripts: () => URL): Promise<void> {
  const words = process.argv.slice(2)
  finish(await runCommand(command, words.slice(1), processContext(scripts, words)))
}

/** @param scripts folder in which the commands stand, for those that run others */
export function processContext(scripts: () => URL, words: readonly string[]): CommandContext {
  const json = words.includes('--json')
  const context: CommandContext = {
    get cwd() {
      return currentFolder()
    },
    env: process.env,
    get signal() {
      return interruption()
    },
    progress(line, fields = {}) {
      const text = json ? JSON.stringify({ progress: line, ...fields }) : line
      print(STDERR, `${redact(text, process.env)}\n`)
    },
    readStdin: async () => readAll(STDIN),
    execute: (argv, inContext = context) => executeWith(scripts(), argv, inContext),
  }
  return context
}

/** Prints the answer and ends the process with its code, once everything is written. */
export function finish(ran: Ran): void {
  const readable = ran.help || !(ran.json || !isTerminal(STDOUT))
  const text = readable ? `${ran.text.trimEnd()}\n` : `${JSON.stringify(ran.answer)}\n`
  process.exitCode = ran.exit
  if (!ran.help && readable && !ran.answer.ok) print(STDERR, text)
  else process.exitCode = printAnswer(text, ran.exit)
  // A command may have left an open socket or timer behind; its answer is out, so nothing is lost.
  process.exit()
}

/** @throws UsageError `not_a_checkout` when the folder was removed, as a worktree is at the end of the work */
function currentFolder(): string {
  try {
    return process.cwd()
  } catch (cause) {
    throw new UsageError('not_a_checkout', 'the current folder was removed; change into another one', {}, { cause })
  }
}

let interrupted: AbortSignal | null = null

/**
 * Handlers are only installed for commands that look at the signal: the others simply end. They stay
 * installed, because a library that tidies up at the end (execa does) kills the process itself when nobody
 * else listens any more. Whoever signals again will not wait.
 */
function interruption(): AbortSignal {
  if (interrupted !== null) return interrupted
  const controller = new AbortController()
  const interrupt = (name: NodeJS.Signals) => {
    if (controller.signal.aborted) process.exit(EXIT.stopped)
    controller.abort(name)
  }
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, interrupt)
  interrupted = controller.signal
  return interrupted
}

function realpath(path: string): string | null {
  try {
    return realpathSync(path)
  } catch {
    return null
  }
}
