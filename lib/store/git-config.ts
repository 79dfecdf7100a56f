/**
 * Reads a git configuration file: which values does it give which keys?
 *
 * Only what git's own documentation promises about the syntax: sections with an optional quoted part,
 * comments, quotes, escapes, and lines that go on after a backslash. Files named by `include` are not
 * followed; whoever needs these asks git.
 */

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
const SPECIAL = ['"', '\\', '#', ';']
const NAME = /^[A-Za-z][A-Za-z0-9-]*$/

export function parseGitConfig(text: string): readonly GitSetting[] {
  const settings: GitSetting[] = []
  let section = ''
  let subsection = ''

  for (const line of logicalLines(text)) {
    const header = line.startsWith('[') ? HEADER.exec(line) : null
    if (header) {
      section = (header[1] ?? '').toLowerCase()
      subsection = header[2]?.toLowerCase() ?? (header[3] ?? '').replace(/\\(.)/g, '$1')
    }
    const assignment = line.slice(header?.[0].length ?? 0)
    const equals = assignment.indexOf('=')
    const name = (equals < 0 ? assignment : assignment.slice(0, equals)).trim()
    const value = equals < 0 ? '' : assignment.slice(equals + 1).trim()
    if (NAME.test(name)) settings.push({ section, subsection, name: name.toLowerCase(), value: parseValue(value) })
  }
  return settings
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
