/**
 * Whether an issue says when it is done: a checklist of acceptance criteria, or a document that has one.
 *
 * Everybody who asks this asks here. A heading without any checkbox under it is an intention, not a
 * checklist; a checkbox under a deeper heading still belongs to the criteria above it.
 */
import { extractChecklistItems, parseMarkdownSections, type Section, visibleLines } from './markdown.ts'

export const REFINEMENT_SOURCE = {
  ISSUE_BODY_AC: 'issue-body-ac',
  ISSUE_BODY_DOD: 'issue-body-dod',
  LINKED_DOC: 'linked-doc',
  MISSING: 'missing',
} as const
export type RefinementSource = (typeof REFINEMENT_SOURCE)[keyof typeof REFINEMENT_SOURCE]

interface LinkedDocument {
  readonly found: boolean
  readonly path: string | null
  readonly reason: 'explicit-path' | 'refinement-section-path' | 'no-linked-doc' | 'empty-body'
}

export interface RefinementArtifact {
  readonly source: RefinementSource
  /** Whether there is any artifact at all; the name is older than the other two sources. */
  readonly hasACs: boolean
  readonly acItems: readonly string[]
  readonly dodItems: readonly string[]
  readonly linkedDoc: LinkedDocument
  /** Titles of all sections, as written. */
  readonly sections: readonly string[]
  readonly finding: 'missing_refinement_artifact' | null
  readonly reason: string
}

const REASONS: Readonly<Record<RefinementSource, string>> = {
  'issue-body-ac': 'the issue has a checklist of acceptance criteria',
  'issue-body-dod': 'the issue has a checklist that says when it is done',
  'linked-doc': 'the issue names a refinement document',
  missing:
    'the issue has no checklist under a heading "Acceptance criteria" or "Definition of done", and names no document',
}

export function detectIssueRefinementArtifact({ body }: { readonly body: string }): RefinementArtifact {
  const sections = parseMarkdownSections(body)
  const acItems = itemsUnder(sections, isAcceptance)
  const dodItems = itemsUnder(sections, isDone)
  const linkedDoc = detectLinkedRefinementDoc(body, sections)
  const source = sourceOf(acItems, dodItems, linkedDoc)
  return {
    source,
    hasACs: source !== 'missing',
    acItems,
    dodItems,
    linkedDoc,
    sections: sections.map(({ title }) => title),
    finding: source === 'missing' ? 'missing_refinement_artifact' : null,
    reason: REASONS[source],
  }
}

/** The same answer in one word. */
export function detectRefinement(body: string): RefinementSource {
  return detectIssueRefinementArtifact({ body }).source
}

function sourceOf(acItems: readonly string[], dodItems: readonly string[], doc: LinkedDocument): RefinementSource {
  if (acItems.length > 0) return 'issue-body-ac'
  if (dodItems.length > 0) return 'issue-body-dod'
  return doc.found ? 'linked-doc' : 'missing'
}

/** A section inside one that fits too has its lines there already. */
function itemsUnder(sections: readonly Section[], fits: (title: string) => boolean): readonly string[] {
  const outermost = sections.filter((section) => fits(plain(section.title)) && !liesWithin(section, fits))
  return outermost.flatMap(({ lines }) => extractChecklistItems(lines))
}

function liesWithin({ within }: Section, fits: (title: string) => boolean): boolean {
  return within !== null && (fits(plain(within.title)) || liesWithin(within, fits))
}

function plain(title: string): string {
  return title
    .replace(/[*_`]/g, '')
    .replace(/\s*:\s*$/, '')
    .trim()
    .toLowerCase()
}

function isAcceptance(title: string): boolean {
  return title === 'acceptance criteria' || /^acs?\b/.test(title)
}

function isDone(title: string): boolean {
  return title === 'definition of done' || title === 'done' || title === 'dod'
}

const PATH = /(?:^|[\s(`"'[<])((?:\.\/)?tmp\/refinement\/[\w./-]+\.md)\b/
const REFINEMENT_TITLES = ['refinement', 'refinement doc', 'plan', 'plan doc']

function detectLinkedRefinementDoc(body: string, sections: readonly Section[]): LinkedDocument {
  if (body.trim() === '') return { found: false, path: null, reason: 'empty-body' }
  const own = sections.filter(({ title }) => REFINEMENT_TITLES.includes(plain(title)))
  const named = pathIn(own.flatMap(({ lines }) => lines))
  if (named !== null) return { found: true, path: named, reason: 'refinement-section-path' }
  const path = pathIn(visibleLines(body))
  return path === null
    ? { found: false, path: null, reason: 'no-linked-doc' }
    : { found: true, path, reason: 'explicit-path' }
}

function pathIn(lines: readonly string[]): string | null {
  for (const line of lines) {
    const path = PATH.exec(line)?.[1]
    if (path !== undefined && !path.split('/').includes('..')) return path
  }
  return null
}
