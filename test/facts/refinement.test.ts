import { describe, expect, it } from 'vitest'
import { parseMarkdownSections } from '../../lib/facts/markdown.ts'
import { detectIssueRefinementArtifact, detectRefinement } from '../../lib/facts/refinement.ts'

const CRITERIA = '## Acceptance criteria\n- [ ] it works'

describe('loop-state 16.21: an issue says when it is done', () => {
  it.each<[string, string]>([
    ['under a deeper heading', '## Acceptance criteria\n### Happy path\n- [ ] it works'],
    ['behind a colon', '## Acceptance criteria:\n- [ ] it works'],
    ['behind a colon that stands apart, with marks around it', '## **Acceptance criteria** :\n- [ ] it works'],
    ['with stars', '# AC\n* [ ] it works'],
    ['with plus signs', '# AC for the parser\n+ [x] it works'],
    ['with numbers', '### Acceptance Criteria ###\n1. [ ] it works'],
    ['with numbers and a bracket', '### Acceptance criteria\n2) [X] it works'],
    ['indented below another item', '## Acceptance criteria\n- all of\n    - [ ] it works'],
    ['with lines that end as on Windows', '## Acceptance criteria\r\n- [ ] it works\r\n'],
    ['after a fence that is closed', `\`\`\`md\n## Steps\n\`\`\`\n${CRITERIA}`],
    ['after a fence of tildes with a fence inside', `~~~\n\`\`\`\n~~~\n${CRITERIA}`],
    ['after a comment', `<!-- remove me\n## Acceptance criteria\n-->\n${CRITERIA}`],
  ])('%s', (_claim, body) => {
    expect(detectIssueRefinementArtifact({ body })).toMatchObject({ source: 'issue-body-ac', acItems: ['it works'] })
  })

  it.each<[string, string]>([
    ['a fence', `\`\`\`\n${CRITERIA}\n\`\`\``],
    ['a longer fence around a shorter one', `\`\`\`\`\n\`\`\`\n${CRITERIA}\n\`\`\`\n\`\`\`\``],
    ['a fence that nobody closed', `~~~ md\n${CRITERIA}`],
    ['a fence in a list', `- like this:\n  \`\`\`\n  ${CRITERIA}\n  \`\`\``],
    ['a comment', `<!-- ${CRITERIA} -->`],
    ['a comment of several lines', `<!--\n${CRITERIA}\n-->`],
    ['a section that ended', '## Acceptance criteria\nsee below\n## Steps\n- [ ] it works'],
    ['a heading of another word', '## Activities\n- [ ] it works'],
    ['plain bullets', '## Acceptance criteria\n- it works'],
    ['task items without text', '## Acceptance criteria\n- [ ] \n'],
    ['a heading without a blank after its marks', '##Acceptance criteria\n- [ ] it works'],
  ])('not by %s', (_claim, body) => {
    expect(detectIssueRefinementArtifact({ body })).toMatchObject({
      source: 'missing',
      hasACs: false,
      finding: 'missing_refinement_artifact',
    })
  })

  it('is the same question for everyone who asks it', () => {
    for (const body of [CRITERIA, '# DoD\n- [ ] x', 'tmp/refinement/1.md', '']) {
      expect(detectRefinement(body)).toBe(detectIssueRefinementArtifact({ body }).source)
    }
  })
})

describe('the refinement of an issue', () => {
  it('counts each item once, however headings lie within each other', () => {
    const body = '# Acceptance criteria\n- [ ] a\n## AC for b\n- [ ] b\n# Definition of done\n- [x] c'
    expect(detectIssueRefinementArtifact({ body })).toMatchObject({ acItems: ['a', 'b'], dodItems: ['c'] })
  })

  it.each([
    ['', 'empty-body', null],
    ['nothing', 'no-linked-doc', null],
    ['see `tmp/refinement/12.md`', 'explicit-path', 'tmp/refinement/12.md'],
    ['first tmp/refinement/a.md\n## Plan\n[it](tmp/refinement/b.md)', 'refinement-section-path', 'tmp/refinement/b.md'],
    ['tmp/refinement/../../secret.md', 'no-linked-doc', null],
    ['```\ntmp/refinement/12.md\n```', 'no-linked-doc', null],
  ] as const)('finds the document of %j by %s', (body, reason, path) => {
    expect(detectIssueRefinementArtifact({ body }).linkedDoc).toEqual({ found: path !== null, path, reason })
  })

  it('names the sections as they are written', () => {
    expect(parseMarkdownSections('before\n# One #\n\n## Two *more*').map(({ title }) => title)).toEqual([
      'One',
      'Two *more*',
    ])
  })
})
