/**
 * The headings and checkboxes of a Markdown text, read as GitHub would show them.
 *
 * Code fences and HTML comments hold text about text: a template's commented-out heading is none. What
 * stands under a deeper heading belongs to the section above it too.
 */
export interface Section {
  readonly title: string
  readonly level: number
  /** Its own lines and those of the deeper sections under it. */
  readonly lines: readonly string[]
  /** The section that it lies in; `null` at the top. */
  readonly within: Section | null
}

interface Open extends Section {
  readonly lines: string[]
  readonly within: Open | null
}

/** What stands before the first heading belongs to no section. */
export function parseMarkdownSections(body: string): readonly Section[] {
  const all: Open[] = []
  let inner: Open | null = null

  for (const line of visibleLines(body)) {
    const heading = readHeading(line)
    if (heading === null) {
      for (let open: Open | null = inner; open !== null; open = open.within) open.lines.push(line)
      continue
    }
    while (inner !== null && inner.level >= heading.level) inner = inner.within
    inner = { ...heading, lines: [], within: inner }
    all.push(inner)
  }
  return all
}

/** The texts of the task items: `- [ ] x`, also with `*`, `+` or a number in place of the dash. */
export function extractChecklistItems(lines: readonly string[]): readonly string[] {
  return lines.flatMap((line) => /^\s*(?:[-*+]|\d{1,9}[.)])\s+\[[ xX]\]\s+(\S.*?)\s*$/.exec(line)?.[1] ?? [])
}

/** The lines outside code fences and HTML comments; an end that is missing hides the rest, as on GitHub. */
export function visibleLines(body: string): readonly string[] {
  const shown: string[] = []
  let fence: string | null = null
  let hidden = false

  for (const line of body.split(/\r\n|\n|\r/)) {
    if (fence !== null) {
      if (closes(line, fence)) fence = null
      continue
    }
    const outside = withoutComments(line, hidden)
    hidden = outside.hidden
    fence = /^\s*(`{3,}(?=[^`]*$)|~{3,})/.exec(outside.text)?.[1] ?? null
    if (fence === null) shown.push(outside.text)
  }
  return shown
}

/** A fence ends with at least as many of the same marks, and nothing after them. */
function closes(line: string, fence: string): boolean {
  const text = line.trim()
  return text.length >= fence.length && text === fence.charAt(0).repeat(text.length)
}

function withoutComments(line: string, wasHidden: boolean): { readonly text: string; readonly hidden: boolean } {
  let text = ''
  let rest = line
  let hidden = wasHidden
  while (rest !== '') {
    const at = rest.indexOf(hidden ? '-->' : '<!--')
    if (!hidden) text += at < 0 ? rest : rest.slice(0, at)
    if (at < 0) break
    rest = rest.slice(at + (hidden ? 3 : 4))
    hidden = !hidden
  }
  return { text, hidden }
}

function readHeading(line: string): Pick<Section, 'title' | 'level'> | null {
  const marks = /^ {0,3}(#{1,6})(?=[ \t]|$)/.exec(line)
  if (marks?.[1] === undefined) return null
  const title = line
    .slice(marks[0].length)
    .trim()
    .replace(/(?:^|[ \t]+)#+$/, '')
  return { title, level: marks[1].length }
}
