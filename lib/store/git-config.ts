/**
 * Reads a git configuration file: which values does it give which keys?
 *
 * Only what git's own documentation promises about the syntax: sections with an optional quoted part,
 * comments, quotes, escapes, and lines that go on after a backslash. Files named by `include` are not
 * followed; whoever needs these asks git.
 */

import { consistsOf } from '../consists-of.ts'

export interface GitSetting {
  /** Lower case, such as `remote`. */
  readonly section: string
  /** As written, such as `origin`; empty when the section has none. */
  readonly subsection: string
  /** Lower case, such as `url`. */
  readonly name: string
  readonly value: string
}

const HEADER = /^\[\s*([A-Za-z0-9-]+)(?:\.([^\]\s"]+)|\s+"((?:[^"\\]|\\.)*)")?\s*\]/
const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'
const IN_NAME = `${LETTERS}0123456789-`
const SPECIAL = ['"', '\\', '#', ';']

export function parseGitConfig(text: string): readonly GitSetting[] {
  const settings: GitSetting[] = []
  let section = ''
  let subsection = ''

  for (const line of logicalLines(text)) {
    const header = line.startsWith('[') ? (readPlainHeader(line) ?? readHeader(line)) : null
    if (header) {
      section = header.section.toLowerCase()
      subsection = header.subsection
    }
    const assignment = line.slice(header?.length ?? 0)
    const equals = assignment.indexOf('=')
    const name = (equals < 0 ? assignment : assignment.slice(0, equals)).trim()
    const value = equals < 0 ? '' : assignment.slice(equals + 1).trim()
    if (isName(name)) settings.push({ section, subsection, name: name.toLowerCase(), value: parseValue(value) })
  }
  return settings
}

interface Header {
  readonly section: string
  readonly subsection: string
  /** Characters of the line that it takes. */
  readonly length: number
}

/** `[core]` and `[remote "origin"]`, as git writes them itself. Each file has some, and hardly one has others. */
function readPlainHeader(line: string): Header | null {
  const end = line.indexOf(']')
  const [section = '', quoted, ...others] = line.slice(1, Math.max(end, 1)).split(' "')
  if (section === '' || !consistsOf(section, IN_NAME) || others.length > 0) return null
  if (quoted === undefined) return { section, subsection: '', length: end + 1 }
  const subsection = quoted.slice(0, -1)
  const isPlain = quoted.endsWith('"') && !subsection.includes('"') && !subsection.includes('\\')
  return isPlain ? { section, subsection, length: end + 1 } : null
}

function readHeader(line: string): Header | null {
  const [whole, section, bare, quoted] = HEADER.exec(line) ?? []
  if (whole === undefined || section === undefined) return null
  const subsection = bare?.toLowerCase() ?? (quoted ?? '').replace(/\\(.)/g, '$1')
  return { section, subsection, length: whole.length }
}

function isName(text: string): boolean {
  return text !== '' && LETTERS.includes(text.charAt(0)) && consistsOf(text, IN_NAME)
}

function logicalLines(text: string): readonly string[] {
  return text
    .replaceAll('\r\n', '\n')
    .replaceAll('\\\n', '')
    .split('\n')
    .map((line) => line.trim())
}

function parseValue(text: string): string {
  if (!SPECIAL.some((mark) => text.includes(mark))) return text
  let value = ''
  let quoted = false
  for (const [part] of text.matchAll(/\\.|[^\\]/gs)) {
    if (part === '"') quoted = !quoted
    else if (!quoted && (part === '#' || part === ';')) break
    else value += part.length === 2 ? unescaped(part) : part
  }
  return value.trim()
}

function unescaped(pair: string): string {
  const known: Readonly<Record<string, string>> = { '\\n': '\n', '\\t': '\t', '\\b': '\b' }
  return known[pair] ?? pair.slice(1)
}
