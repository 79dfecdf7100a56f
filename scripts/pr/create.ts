#!/usr/bin/env node
import { ACTING_REFUSALS, actingOptions, madeFields, makeEffect, openActing } from '../../lib/command/acting.ts'
// The draft pull request for an issue; its words come from the issue by number, so no text of others is an argument.
import { branch, defineCommand, path, runIfMain, targetOptions, text } from '../../lib/command/index.ts'
import { plannedPullRequest } from '../../lib/command/pr/plan-pull-request.ts'

export const command = defineCommand({
  name: 'pr create',
  summary: 'Open the draft pull request for the branch of an issue, or find the one that is open.',
  details: 'Pushes nothing: the branch must be on the remote. The pull request closes the issue when it is merged.',
  writes: 'one pull request on GitHub',
  options: {
    ...actingOptions,
    issue: targetOptions.issue.required(),
    branch: branch().describe('Head branch (default: the one that was made for the issue)'),
    base: branch().describe('Branch to merge into (default: the default branch of the repository)'),
    title: text('<title>').describe("Title (default: the issue's)"),
    bodyFile: path('<file>').describe('File with text to stand below the reference to the issue'),
  },
  answers: ['made', 'found', 'planned', 'refused: target_not_found', ...ACTING_REFUSALS],
  output: {
    ...madeFields,
    number: 'number of the pull request',
    url: 'where it is',
    isDraft: 'false when a person had opened it as ready',
    head: 'its head commit',
    branch: 'its head branch',
  },
  exits: [0, 2, 3, 5, 11],
  examples: ['dev-loops pr create --repo acme/api --issue 12 --run-id r-7f3a'],
  run: async (options, context) => {
    const acting = await openActing(options, context)
    const { openGitHub } = await import('../../lib/command/services.ts')
    const { createDraftPullRequest } = await import('../../lib/github/effects/create-draft-pull-request.ts')
    const client = await openGitHub(context)
    const wanted = await plannedPullRequest(options, client, context)
    const made = await makeEffect(createDraftPullRequest(wanted, client), acting)
    if (!made.ok) return made
    const { action, level, value } = made.value
    if (acting !== null && value !== null) {
      const { linkPullRequest } = await import('../../lib/dispatch/link.ts')
      await linkPullRequest(value.number, acting)
    }
    return { ok: true as const, action, level, branch: wanted.branch, title: wanted.title, ...value }
  },
  text: (answer) => {
    if (!answer.ok) return answer.message
    if (!('number' in answer)) return `would open a draft for ${answer.branch}: ${answer.title}`
    return `${answer.action}  #${answer.number} for ${answer.branch}: ${answer.url}`
  },
})

await runIfMain(import.meta.url, command)
