#!/usr/bin/env node
import { ACTING_REFUSALS, madeFields, makeEffect, openActing, pullRequestOptions } from '../../lib/command/acting.ts'
// A review is asked for once a head, and believed only when GitHub shows the request.
import { defineCommand, runIfMain, text } from '../../lib/command/index.ts'
import { observeForCommand } from '../../lib/command/permission.ts'
import { noteOutcome, wantedReview } from '../../lib/command/review/wanted-review.ts'

export const command = defineCommand({
  name: 'review request',
  summary: 'Ask the reviewer that policy names for a review of the head, or find that it was asked.',
  details: 'A reviewer that cannot be asked is an answer (unavailable) and is noted, so that next goes on without it.',
  writes: 'the review requests of the pull request; the record of the target',
  options: {
    ...pullRequestOptions,
    reviewer: text('<copilot|login>').describe("Who is asked (default: the policy's review.reviewer)"),
  },
  answers: [
    'requested, already_requested, already_reviewed, unavailable',
    'refused: policy_unproved, precondition_failed (a draft, closed, or no reviewer named)',
    ...ACTING_REFUSALS,
  ],
  output: {
    ...madeFields,
    outcome: 'one of the first four answers; null with --dry-run',
    reviewer: 'who was asked',
    reason: 'why it is unavailable: not_permitted, refused, no_such_account, not_observable',
    head: 'the commit to be reviewed',
  },
  exits: [0, 2, 3, 5, 11],
  examples: ['dev-loops review request --repo acme/api --pr 88 --run-id r-7f3a'],
  run: async (options, context) => {
    const acting = await openActing(options, context)
    const observed = await observeForCommand(options, context)
    if (!observed.ok) return observed
    const wanted = wantedReview(observed.value, options.reviewer)
    if (!wanted.ok) return wanted

    const { requestReview } = await import('../../lib/github/effects/request-review.ts')
    const made = await makeEffect(requestReview(wanted.value, observed.value.client), acting)
    if (!made.ok) return made
    const { action, level, value } = made.value
    if (acting !== null && value !== null) {
      const noted = await noteOutcome(value, wanted.value.head, acting)
      if (!noted.ok) return noted
    }
    const { reviewer, head } = wanted.value
    const said = { outcome: value?.outcome ?? null, reviewer, reason: value?.reason ?? null, head }
    return { ok: true as const, action, level, ...said }
  },
  text: (answer) => {
    if (!answer.ok) return answer.message
    const why = answer.reason === null ? '' : ` (${answer.reason})`
    return `${answer.outcome ?? answer.action}${why}  ${answer.reviewer} for ${answer.head}`
  },
})

await runIfMain(import.meta.url, command)
