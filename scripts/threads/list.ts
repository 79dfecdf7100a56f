#!/usr/bin/env node
// What reviewers said and whether it was answered: read by agents before they repair, by people to look along.
import { defineCommand, flag, runIfMain, targetOptions } from '../../lib/command/index.ts'
import { observeForCommand } from '../../lib/command/permission.ts'
import { describeThreads } from '../../lib/command/threads/describe-threads.ts'

const { repo, pr, stateDir } = targetOptions

export const command = defineCommand({
  name: 'threads list',
  summary: 'List the review threads of a pull request, with what was said and whether it was answered.',
  writes: 'nothing',
  options: {
    repo,
    pr: pr.required(),
    stateDir,
    unresolved: flag().describe('Only those that are not resolved'),
  },
  answers: ['threads', 'refused: target_not_found'],
  output: {
    threads:
      'id, state (resolved, answered, unanswered, unknown), path, line, isOutdated, finding (new, standing, recurring, reopened, settled), comments',
    complete: 'false: GitHub did not give all of them',
    unresolved: 'how many are not resolved; null: not known',
  },
  exits: [0, 2, 3, 5],
  examples: ['dev-loops threads list --repo acme/api --pr 88 --unresolved'],
  run: async (options, context) => {
    const observed = await observeForCommand(options, context)
    if (!observed.ok) return observed
    return { ok: true as const, ...describeThreads(observed.value, options.unresolved) }
  },
  text: (answer) => {
    if (!answer.ok) return answer.message
    const lines = answer.threads.map((thread) => {
      const first = thread.comments[0]
      const remark = first?.body.split('\n')[0]?.slice(0, 80) ?? ''
      return `${thread.state.padEnd(10)}  ${thread.path ?? '-'}:${thread.line ?? '-'}  ${first?.author ?? 'ghost'}: ${remark}  ${thread.id}`
    })
    if (lines.length === 0) lines.push('no threads')
    if (!answer.complete) lines.push('GitHub did not give all of them')
    return lines.join('\n')
  },
})

await runIfMain(import.meta.url, command)
