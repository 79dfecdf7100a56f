#!/usr/bin/env node
// Work on an issue that does not say when it is done cannot be judged; this says whether it does.
import { atMostOneOf, defineCommand, exactlyOneOf, path, runIfMain, targetOptions } from '../lib/command/index.ts'

export const command = defineCommand({
  name: 'detect-issue-refinement-artifact',
  summary: 'Say whether an issue has a checklist of acceptance criteria, or names a document that has one.',
  writes: 'nothing',
  options: {
    repo: targetOptions.repo,
    issue: targetOptions.issue,
    input: path('<file>').describe('JSON with repo, issue and body, in place of GitHub; - is stdin'),
  },
  rules: [exactlyOneOf('issue', 'input'), atMostOneOf('repo', 'input')],
  answers: [
    'source issue-body-ac|issue-body-dod|linked-doc|missing',
    'refused: target_not_found; still_waiting with the quotas spent',
  ],
  output: {
    source: 'where it is said when the issue is done',
    hasACs: 'whether it is said at all',
    acItems: 'texts of the task items under "Acceptance criteria"',
    dodItems: 'texts of the task items under "Definition of done"',
    linkedDoc: 'found, path, reason',
    sections: 'titles of all headings',
    finding: 'missing_refinement_artifact, or null',
    reason: 'one sentence',
    sources: 'every value that source may have',
    via: 'graphql, or rest when its quota is spent; both tell all of this',
  },
  exits: [0, 2, 3, 4, 5],
  examples: ['dev-loops detect-issue-refinement-artifact --repo acme/api --issue 12'],
  run: async (options, context) => {
    const { detectRefinementOf } = await import('../lib/command/detect/refinement.ts')
    const { orStillWaiting } = await import('../lib/command/detect/still-waiting.ts')
    return orStillWaiting(() => detectRefinementOf(options, context))
  },
  text: (answer) => (answer.ok ? `${answer.source}  ${answer.reason}` : answer.message),
})

await runIfMain(import.meta.url, command)
