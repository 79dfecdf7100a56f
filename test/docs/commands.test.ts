/** A command quoted in a page is one that exists, and would be accepted when it is pasted. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { type Command, flagName } from '../../lib/command/define.ts'
import { GLOBAL_FLAGS, parseLine } from '../../lib/command/parse.ts'
import { commandNames, loadCommand, selectCommand } from '../../lib/command/registry.ts'
import {
  absolutePath,
  fencedBlocks,
  inlineCode,
  type Page,
  page,
  pages,
  quotedCommands,
  shellLines,
} from './markdown.ts'

const scripts = new URL('../../scripts/', import.meta.url)
const SHELL = ['sh', 'bash', 'console', 'text', '']

function blocksOf(shown: Page): readonly string[] {
  return fencedBlocks(shown)
    .filter(({ language }) => SHELL.includes(language.split(' ')[0] ?? ''))
    .flatMap(shellLines)
}

async function complaint(words: readonly string[]): Promise<string | null> {
  if (words.every((word) => word.startsWith('--'))) return null
  const { name, words: rest } = selectCommand(scripts, words)
  parseLine(await loadCommand(scripts, name), rest, { DEV_LOOPS_RUN_ID: 'r-1' })
  return null
}

/** In prose a command may leave out what is not its subject, so only names are looked at. */
async function namesUnknown(words: readonly string[]): Promise<readonly string[]> {
  const { name, words: rest } = selectCommand(scripts, words)
  const known = flagsOf(await loadCommand(scripts, name))
  return rest.filter((word) => word.startsWith('--')).filter((flag) => !known.includes(flag.split('=')[0] ?? ''))
}

function flagsOf({ definition }: Command): readonly string[] {
  return [...Object.keys(definition.options).map(flagName), ...GLOBAL_FLAGS]
}

describe.each(pages().map((one) => [one.path, one] as const))('%s', (_path, shown) => {
  const quoted = blocksOf(shown).flatMap(quotedCommands)
  const named = inlineCode(shown)
    .filter((code) => /^dev-loops [a-z]/.test(code) && !/[<…]/.test(code))
    .flatMap(quotedCommands)

  it('quotes only commands that would be accepted', async () => {
    for (const words of quoted) {
      await expect(complaint(words), words.join(' ')).resolves.toBeNull()
    }
  })

  it('names only commands and flags that exist', async () => {
    for (const words of named) expect(await namesUnknown(words), words.join(' ')).toEqual([])
  })

  it('names only scripts of the package that exist', () => {
    const known = Object.keys(JSON.parse(readFileSync(absolutePath('package.json'), 'utf8')).scripts)
    const used = [...shown.text.matchAll(/\bnpm run ([a-z:]+)/g)].map(([, script]) => script)

    expect(known).toEqual(expect.arrayContaining(used))
  })
})

describe('the search for quoted commands', () => {
  it('finds them behind pipes, prompts, conditions and continued lines', () => {
    const block = {
      language: 'sh',
      text: '$ echo a | dev-loops x --y "b c" \\\n  --z\nuntil dev-loops w; do sleep 1; done\n',
    }

    expect(shellLines(block).flatMap(quotedCommands)).toEqual([['x', '--y', 'b c', '--z'], ['w']])
  })

  it('finds what the README quotes', () => {
    expect(blocksOf(page('README.md')).flatMap(quotedCommands).length).toBeGreaterThan(5)
  })
})

describe('the table of commands in the README', () => {
  it('has one row for each command, with its own summary', async () => {
    const names = commandNames(scripts)
    const definitions = await Promise.all(names.map(async (name) => (await loadCommand(scripts, name)).definition))
    const rows = definitions.map(({ name, summary }) => `| \`${name}\` | ${summary} |`)
    const shown = page('README.md')
      .text.split('\n')
      .filter((line) => /^\| `[a-z -]+` \| [A-Z]/.test(line))

    expect(shown).toEqual(rows)
  })
})
