#!/usr/bin/env node
// Where policy wants a look back before the merge, this is how it is written, and the only thing that counts.
import { ACTING_REFUSALS, openActing, pullRequestOptions } from '../../lib/command/acting.ts'
import { readSnapshot } from '../../lib/command/detect/snapshot.ts'
import { defineCommand, path, runIfMain, sha } from '../../lib/command/index.ts'
import { observeForCommand, requireHead } from '../../lib/command/permission.ts'

export const command = defineCommand({
  name: 'pr retrospective',
  summary: 'Keep a look back on how the work on a pull request went, for the head that is there now.',
  details:
    'Policy asks for it with merge.requireRetrospective. A push makes it one of another head, and it is asked for again.',
  writes: 'the record of the target; nothing on GitHub',
  options: {
    ...pullRequestOptions,
    head: sha().describe('Commit that it was written for (default: the head)'),
    input: path('<file>')
      .required()
      .describe(
        'JSON with state "complete", mergeApproved, followedWorkingAgreement, gateQualityAcceptable, gateQuality, unexpectedFindings, mergeRecommendation; - is stdin',
      ),
  },
  answers: ['recorded, planned', 'refused: invalid_value, target_not_found, head_moved', ...ACTING_REFUSALS],
  output: {
    status: 'one of the answers',
    head: 'commit that it counts for',
    approved: 'whether it lets the merge go on',
    reason: 'why not: merge_not_approved, gate_quality_not_acceptable; else null',
  },
  exits: [0, 2, 3, 5, 11],
  examples: ['dev-loops pr retrospective --repo acme/api --pr 88 --run-id r-7f3a --input retrospective.json'],
  run: async (options, context) => {
    const written = await readSnapshot(options.input, context)
    const acting = await openActing(options, context)
    const observed = await observeForCommand(options, context)
    if (!observed.ok) return observed
    const here = requireHead(observed.value.pr, options.head)
    if (!here.ok) return here
    const { lookBack } = await import('../../lib/command/pr/look-back.ts')
    return lookBack(written, observed.value, acting)
  },
  text: (answer) =>
    answer.ok ? `${answer.status}  ${answer.head}  ${answer.reason ?? 'the merge is approved'}` : answer.message,
})

await runIfMain(import.meta.url, command)
