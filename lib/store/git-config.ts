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
const ASSIGNMENT = /^([A-Za-z][A-Za-z0-9-]*)\s*(?:=\s*(.*))?$/s

export function parseGitConfig(text: string): readonly GitSetting[] {
  const settings: GitSetting[] = []
  let section = ''
  let subsection = ''

  for (const line of logicalLines(text)) {
    const header = HEADER.exec(line)
    if (header) {
      section = (header[1] ?? '').toLowerCase()
      subsection = header[2]?.toLowerCase() ?? (header[3] ?? '').replace(/\\(.)/g, '$1')
    }
    const assignment = ASSIGNMENT.exec(line.slice(header?.[0].length ?? 0).trim())
    if (!assignment) continue
    const name = (assignment[1] ?? '').toLowerCase()
    settings.push({ section, subsection, name, value: parseValue(assignment[2] ?? '') })
  }
  return settings
}

function logicalLines(text: string): readonly string[] {
  return text
    .replace(/\r\n/g, '\n')
    .replace(/\\\n/g, '')
    .split('\n')
    .map((line) => line.trim())
}

function parseValue(text: string): string {
  if (!/["\\#;]/.test(text)) return text
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
