/** What the tests read out of the pages: files, fenced blocks, inline code, links, and quoted commands. */
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = new URL('../../', import.meta.url)

export interface Page {
  /** Path from the top of the repository. */
  readonly path: string
  readonly text: string
}

/** Every page that people or agents read; drawn ones (states, configuration) included. */
export function pages(): readonly Page[] {
  const top = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'test/README.md']
  return [...top, ...under('docs/'), ...under('skills/'), ...under('agents/')].sort().map(page)
}

export function page(path: string): Page {
  return { path, text: readFileSync(new URL(path, root), 'utf8') }
}

function under(folder: string): readonly string[] {
  const names = readdirSync(new URL(folder, root), { recursive: true, encoding: 'utf8' })
  return names.filter((name) => name.endsWith('.md')).map((name) => `${folder}${name}`)
}

export function absolutePath(path: string): string {
  return fileURLToPath(new URL(path, root))
}

interface Block {
  readonly language: string
  readonly text: string
}

export function fencedBlocks({ text }: Page): readonly Block[] {
  const found = text.matchAll(/^([ ]*)(`{3,})([^\n`]*)\n([\s\S]*?)^\1\2[ ]*$/gm)
  return [...found].map(([, , , language = '', body = '']) => ({ language: language.trim(), text: body }))
}

export function inlineCode({ text }: Page): readonly string[] {
  const prose = text.replace(/^([ ]*)(`{3,})[^\n]*\n[\s\S]*?^\1\2[ ]*$/gm, '')
  return [...prose.matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code)
}

/** Targets of links that lead to a file here. */
export function relativeLinks({ text }: Page): readonly string[] {
  const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target)
  return links.filter((target) => !/^[a-z]+:/.test(target) && !target.startsWith('#'))
}

/** Lines of a shell block with the continued ones joined. */
export function shellLines(block: Block): readonly string[] {
  return block.text.replace(/\\\n\s*/g, '').split('\n')
}

/**
 * Words of each `dev-loops …` in a line of shell: enough of the grammar for what our pages contain.
 * Substituted values become a commit id, which is a word of every kind but a number.
 */
export function quotedCommands(line: string): readonly (readonly string[])[] {
  const commands: string[][] = []
  const plain = line.replace(/^\s*\$ /, '').replace(/\$\([^)]*\)|\$\{?[A-Za-z_]+\}?/g, 'a'.repeat(40))
  for (const part of plain.split(/\s*(?:\|\||&&|[|;&])\s*|\s+#\s.*$/)) {
    const words = shellWords(part.replace(/\s\d?>+\s*\S+/g, '').replace(/^(?:(?:until|while|if|do|then|!)\s+)+/, ''))
    if (words[0] === 'dev-loops') commands.push(words.slice(1))
  }
  return commands
}

function shellWords(text: string): string[] {
  const words = text.matchAll(/(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([^\s"']+))+/g)
  return [...words].map(([word]) => word.replace(/"((?:[^"\\]|\\.)*)"|'([^']*)'/g, '$1$2'))
}
