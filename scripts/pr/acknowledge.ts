#!/usr/bin/env node
// What people wrote stops the loop until somebody says here that it was read; nobody can say so unseen.
import { ACTING_REFUSALS, openActing, pullRequestOptions } from '../../lib/command/acting.ts'
import { defineCommand, runIfMain } from '../../lib/command/index.ts'
import { observeForCommand } from '../../lib/command/permission.ts'
import { hear } from '../../lib/command/pr/hear.ts'

export const command = defineCommand({
  name: 'pr acknowledge',
  summary: 'Say that what people wrote on a pull request until now was read, so that the loop goes on.',
  details: 'Lists what is acknowledged. What is written later stops the loop again, if policy wants that.',
  writes: 'the record of the target; nothing on GitHub',
  options: pullRequestOptions,
  answers: ['acknowledged, nothing_to_hear', 'refused: target_not_found, policy_unproved', ...ACTING_REFUSALS],
  output: {
    status: 'one of the answers',
    remarks: 'id, at, author, url of each comment or review that was unheard',
    heardUntil: 'instant until which everything is heard now; null with --dry-run',
  },
  exits: [0, 2, 3, 5, 11],
  examples: ['dev-loops pr acknowledge --repo acme/api --pr 88 --run-id r-7f3a'],
  run: async (options, context) => {
    const acting = await openActing(options, context)
    const observed = await observeForCommand(options, context)
    if (!observed.ok) return observed
    return hear(observed.value, acting)
  },
  text: (answer) => {
    if (!answer.ok) return answer.message
    const lines = answer.remarks.map(({ at, author, url }) => `${at}  ${author ?? 'ghost'}  ${url}`)
    return [answer.status, ...lines].join('\n')
  },
})

await runIfMain(import.meta.url, command)
