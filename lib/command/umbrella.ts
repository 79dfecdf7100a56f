/**
 * The umbrella `dev-loops`: every command of the scripts folder under one name. It only picks and hands over.
 */
import { EXIT } from '../codes.ts'
import type { Command } from './define.ts'
import { formatOverview, readVersion } from './overview.ts'
import { finish, processContext } from './process.ts'
import { dispatch, isGroup } from './registry.ts'
import { runCommand } from './run.ts'
import { printAnswer } from './streams.ts'

/**
 * Commands that the build put beside this file: the fast ones, for which no folder should be read.
 *
 * @public filled by build/bundle.ts
 */
export const AT_HAND = new Map<string, Command>()

/** @param scripts folder in which the commands stand; not asked for by what is at hand, because making a URL takes time */
export async function runUmbrella(scripts: () => URL): Promise<void> {
  const words = process.argv.slice(2)
  const [first, second] = words
  const atHand = AT_HAND.get(`${first} ${second}`)
  if (atHand !== undefined) {
    finish(await runCommand(atHand, words.slice(2), processContext(scripts, words)))
  } else if (first === undefined || isHelp(first)) {
    tell(await formatOverview(scripts()))
  } else if (isHelp(second) && isGroup(scripts(), first)) {
    tell(await formatOverview(scripts(), first))
  } else if (first === '--version') {
    tell(`${readVersion(scripts())}\n`)
  } else {
    finish(await dispatch(scripts(), words, processContext(scripts, words)))
  }
}

function isHelp(word: string | undefined): boolean {
  return word === '--help' || word === '-h'
}

function tell(text: string): void {
  process.exitCode = printAnswer(text, EXIT.done)
}
