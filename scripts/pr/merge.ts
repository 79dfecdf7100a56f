#!/usr/bin/env node
import { ACTING_REFUSALS, madeFields, makeEffect, openActing, pullRequestOptions } from '../../lib/command/acting.ts'
// The end of the work: exactly the commit that was judged is merged, or nothing is.
import { defineCommand, runIfMain, sha } from '../../lib/command/index.ts'
import { actingOn, observeForCommand, requireHead, requireStep } from '../../lib/command/permission.ts'
import { accept } from '../../lib/outcome.ts'

export const command = defineCommand({
  name: 'pr merge',
  summary: 'Merge a pull request at exactly this head, once every gate is passed and policy leaves it to a command.',
  details: 'The method is that of the policy on the base branch. GitHub compares the head, so a push in between wins.',
  writes: 'the pull request and its base branch on GitHub',
  options: { ...pullRequestOptions, head: sha().required().describe('Commit that may be merged, in full') },
  answers: ['made', 'found', 'planned', 'refused: gate_not_passed, head_moved, person_needed', ...ACTING_REFUSALS],
  output: {
    ...madeFields,
    number: 'the pull request',
    head: 'the commit that was judged',
    commit: 'the commit on the base branch that it became',
    mergedAt: 'when',
  },
  exits: [0, 2, 3, 5, 10, 11],
  examples: [`dev-loops pr merge --repo acme/api --pr 88 --head ${'4be1c20f'.repeat(5)} --run-id r-7f3a`],
  run: async (options, context) => {
    const acting = await openActing(options, context)
    const observed = await observeForCommand(options, context)
    if (!observed.ok) return observed
    const { pr, input, client } = observed.value
    const here = requireHead(pr, options.head)
    if (!here.ok) return here
    const permitted = pr.state === 'MERGED' ? accept(null) : await requireStep('merge', observed.value)
    if (!permitted.ok) return permitted
    if (!input.policy.ok) return input.policy

    const { mergePullRequest } = await import('../../lib/github/effects/merge-pull-request.ts')
    const { method } = input.policy.value.merge
    const at = { repo: input.target.repo, number: pr.number, head: options.head, method }
    const made = await makeEffect(mergePullRequest(at, client), await actingOn(permitted.value, acting, observed.value))
    if (!made.ok) return made
    const { action, level, value } = made.value
    return { ok: true as const, action, level, number: at.number, head: at.head, method, ...value }
  },
  text: (answer) => (answer.ok ? `${answer.action}  #${answer.number} merged at ${answer.head}` : answer.message),
})

await runIfMain(import.meta.url, command)
