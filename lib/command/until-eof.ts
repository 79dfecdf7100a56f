/**
 * Stops a long command when its standard input ends.
 *
 * A program that starts one and is killed has no last instant in which to stop it; but the kernel closes
 * its end of the pipe in any case. It is asked for by a flag, because an input that has ended already is
 * usual where nobody sits at a terminal.
 */
import type { CommandContext } from './define.ts'
import { flag } from './options.ts'

export const untilEof = flag().describe(
  'Also stop when standard input ends: for a program that starts this one and must not leave it behind',
)

export function stoppedByEof(context: CommandContext): CommandContext {
  const ended = new AbortController()
  const end = () => ended.abort('stdin_ended')
  process.stdin.once('end', end).once('error', end).resume()
  return { ...context, signal: AbortSignal.any([context.signal, ended.signal]) }
}
