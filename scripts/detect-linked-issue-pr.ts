#!/usr/bin/env node
// Scripts written for the predecessor ask by this name in which pull request an issue is worked on.
import { defineCommand, runIfMain, targetOptions } from '../lib/command/index.ts'

const { repo, issue } = targetOptions

export const command = defineCommand({
  name: 'detect-linked-issue-pr',
  summary: 'Say which open pull request would close an issue, or comes from the branch of its work.',
  aliasOf: ['next'],
  details: 'A mention links nothing. With several, the highest number is named and all are listed.',
  writes: 'nothing',
  options: { repo, issue: issue.required() },
  answers: [
    'hasOpenLinkedPr true|false|null (not known)',
    'refused: target_not_found; still_waiting with the quotas spent',
  ],
  output: {
    hasOpenLinkedPr: 'whether one is open; null: GitHub did not list all',
    prNumber: 'the pull request, or null',
    prUrl: 'where it is, or null',
    openLinkedPrs: 'the numbers of all that are open',
    hasPriorClosedUnmergedPr: 'with none open: whether one was closed without a merge; its number and URL beside it',
    source:
      'graphql; rest when its quota is spent, then with unproved (what REST cannot tell) and wholeAt (until when)',
  },
  exits: [0, 2, 3, 4, 5],
  examples: ['dev-loops detect-linked-issue-pr --repo acme/api --issue 12'],
  run: async (options, context) => {
    const { detectLinkedIssue } = await import('../lib/command/detect/linked-issue.ts')
    const { orStillWaiting } = await import('../lib/command/detect/still-waiting.ts')
    return orStillWaiting(() => detectLinkedIssue(options, context))
  },
  text: (answer) => {
    if (!answer.ok) return answer.message
    if (answer.hasOpenLinkedPr === null) return 'not known: GitHub did not list all pull requests'
    return answer.prNumber === null ? 'no open pull request' : `#${answer.prNumber}  ${answer.prUrl}`
  },
})

await runIfMain(import.meta.url, command)
