/**
 * Whether an issue says when it is done: a checklist of acceptance criteria, or a document that has one.
 *
 * Headings inside code fences are text, and a deeper heading belongs to the section above it. A heading
 * without any checkbox under it is an intention, not a checklist.
 */
const REFINEMENT_SOURCES = ['issue-body-ac', 'issue-body-dod', 'linked-doc', 'missing'] as const
export type RefinementSource = (typeof REFINEMENT_SOURCES)[number]

interface Section {
  readonly title: string
  readonly level: number
  readonly lines: string[]
}

export function detectRefinement(body: string): RefinementSource {
  const sections = parseSections(body)
  if (sections.some((section) => isAcceptance(section.title) && hasCheckbox(section))) return 'issue-body-ac'
  if (sections.some((section) => isDone(section.title) && hasCheckbox(section))) return 'issue-body-dod'
  return /(?:^|[\s(`"'[])tmp\/refinement\/[\w./-]+\.md\b/m.test(body) ? 'linked-doc' : 'missing'
}

/** Each section holds its own lines and those of the deeper sections under it. */
function parseSections(body: string): readonly Section[] {
  const all: Section[] = []
  let open: Section[] = []
  let fence: string | null = null

  for (const line of body.split(/\r?\n/)) {
    const mark = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1]
    if (mark && fence === null) fence = mark
    else if (mark && fence !== null && mark.startsWith(fence)) fence = null
    if (mark || fence !== null) continue

    const heading = /^ {0,3}(#{1,6})\s+(.*?)\s*#*\s*$/.exec(line)
    if (!heading) {
      for (const section of open) section.lines.push(line)
      continue
    }
    const level = heading[1]?.length ?? 1
    const section = { title: normaliseTitle(heading[2] ?? ''), level, lines: [] }
    open = [...open.filter((outer) => outer.level < level), section]
    all.push(section)
  }
  return all
}

function normaliseTitle(title: string): string {
  return title.replace(/[*_`]/g, '').replace(/:\s*$/, '').trim().toLowerCase()
}

function isAcceptance(title: string): boolean {
  return title === 'acceptance criteria' || /^ac\b/.test(title)
}

function isDone(title: string): boolean {
  return title === 'definition of done' || title === 'done' || title === 'dod'
}

function hasCheckbox(section: Section): boolean {
  return section.lines.some((line) => /^\s*(?:[-*+]|\d+[.)])\s+\[[ xX]\]\s+\S/.test(line))
}
