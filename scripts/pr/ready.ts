#!/usr/bin/env node
import { ACTING_REFUSALS, madeFields, makeEffect, openActing, pullRequestOptions } from '../../lib/command/acting.ts'
// A draft leaves the draft gate only here, and only when the rules say that it passed on this very head.
import { defineCommand, runIfMain, sha } from '../../lib/command/index.ts'
import { actingOn, observeForCommand, requireHead, requireStep } from '../../lib/command/permission.ts'
import { accept } from '../../lib/outcome.ts'

export const command = defineCommand({
  name: 'pr ready',
  summary: 'Mark a draft pull request ready for review, once the draft gate is passed on its head.',
  writes: 'the pull request on GitHub',
  options: { ...pullRequestOptions, head: sha().describe('Commit that this was decided for (default: the head)') },
  answers: ['made', 'found', 'planned', 'refused: gate_not_passed, head_moved, person_needed', ...ACTING_REFUSALS],
  output: { ...madeFields, number: 'the pull request', head: 'its head commit' },
  exits: [0, 2, 3, 5, 10, 11],
  examples: ['dev-loops pr ready --repo acme/api --pr 88 --run-id r-7f3a'],
  run: async (options, context) => {
    const acting = await openActing(options, context)
    const observed = await observeForCommand(options, context)
    if (!observed.ok) return observed
    const { pr, input, client } = observed.value
    const here = requireHead(pr, options.head)
    if (!here.ok) return here
    const permitted = pr.isDraft ? await requireStep('mark_ready_for_review', observed.value) : accept(null)
    if (!permitted.ok) return permitted

    const { markReady } = await import('../../lib/github/effects/mark-ready.ts')
    const at = { repo: input.target.repo, number: pr.number, head: pr.head.sha }
    const made = await makeEffect(markReady(at, client), await actingOn(permitted.value, acting, observed.value))
    if (!made.ok) return made
    return { ok: true as const, action: made.value.action, level: made.value.level, number: at.number, head: at.head }
  },
  text: (answer) => (answer.ok ? `${answer.action}  #${answer.number} is ready at ${answer.head}` : answer.message),
})

await runIfMain(import.meta.url, command)
