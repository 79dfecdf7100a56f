#!/usr/bin/env node
import { describeInfo } from '../lib/command/detect/describe-info.ts'
// To look must never be to take: this reads, and leaves claims, leases and notes as they are.
import { defineCommand, exactlyOneOf, runIfMain, targetOptions } from '../lib/command/index.ts'

export const command = defineCommand({
  name: 'info',
  summary: 'Show an issue or pull request and where the loop stands with it, from one look at GitHub.',
  details: 'Claims nothing and renews nothing, whichever run is named in the environment.',
  writes: 'nothing',
  options: targetOptions,
  rules: [exactlyOneOf('issue', 'pr')],
  answers: ['kind pr|issue', 'refused: target_not_found; still_waiting with the quotas spent'],
  output: {
    kind: 'pr or issue',
    pr: 'number, url, title, state, isDraft, author, headBranch, headSha, baseBranch, labels',
    handoff: 'action, state, allowedTransitions, nextAction, by, owner, facts, missing, because',
    issue: 'number, url, title, state, author, assignees, labels',
    startup: 'of an issue: what resolve-dev-loop-startup answers',
    linkedPr: 'of an issue: pr and handoff of its only open pull request, or null',
    warnings: 'what is wrong with the configuration here',
    source:
      'graphql; rest when its quota is spent, then with unproved (what REST cannot tell) and wholeAt (until when)',
  },
  exits: [0, 2, 3, 4, 5],
  examples: ['dev-loops info --repo acme/api --pr 88'],
  run: async (options, context) => {
    const { showInfo } = await import('../lib/command/detect/startup.ts')
    const { orStillWaiting } = await import('../lib/command/detect/still-waiting.ts')
    return orStillWaiting(() => showInfo(options, context))
  },
  text: (answer) => (answer.ok ? describeInfo(answer) : answer.message),
})

await runIfMain(import.meta.url, command)
