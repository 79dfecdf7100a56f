#!/usr/bin/env node
// Many at once: where does each open pull request of a repository stand, and which of them moved?
import { EXIT } from '../lib/codes.ts'
import { defineCommand, flag, runIfMain, stateDir, targetOptions } from '../lib/command/index.ts'

/** Not empty: not known. */
const NOTHING_SEEN = {
  pullRequests: null,
  unsettled: null,
  unchanged: null,
  gone: null,
  complete: false,
  points: null,
} as const

export const command = defineCommand({
  name: 'sweep',
  summary: 'Say of every open pull request of a repository where it stands and who has the next step.',
  details:
    'Asks GitHub in pages: 3 requests for 100 pull requests, 30 for 1,000; with --changed 1 for each 100 in which nothing moved. It hands out nothing: whoever takes one up asks next. With the quota of GraphQL spent the answer is to wait: over REST it would take 16 requests for each.',
  writes: 'what it saw, in a local folder',
  options: {
    repo: targetOptions.repo.describe('Repository (default: origin of this checkout)'),
    stateDir,
    changed: flag().describe('Only those in which anything moved since the last sweep'),
  },
  answers: ['pullRequests: one entry each, in the order in which they were made', 'state quota_spent: wait'],
  output: {
    pullRequests:
      'number, head, draft, holder, state, step, actor, because, missing, waitUntilMs; with --changed also why',
    unsettled: 'numbers of those that could not be read as a whole; the next sweep looks at them again',
    unchanged: 'with --changed: numbers of those in which nothing moved',
    gone: 'with --changed: numbers of those that are no more open',
    complete: 'whether GitHub named all that are open',
    requests: 'how many requests it took',
    points: 'how many points of the hourly 5,000 it took; null when GitHub does not say',
    'state … wait': 'only with the quota spent: as of `next`; pullRequests and the other lists are then null',
  },
  exits: [EXIT.done, EXIT.usage, EXIT.waiting, EXIT.outside],
  examples: ['dev-loops sweep --repo acme/api', 'dev-loops sweep --repo acme/api --changed --json'],
  run: async ({ changed, ...words }, context) => {
    const { openSweep } = await import('../lib/command/sweeping.ts')
    const { orQuotaWait } = await import('../lib/dispatch/quota-wait.ts')
    const { sweepAll, sweepChanged } = await import('../lib/dispatch/sweep/sweep.ts')
    const { repository, sources, requests, problems, keep } = await openSweep(words, context)
    const sweep = changed ? sweepChanged : sweepAll
    const result = await orQuotaWait(() => sweep(repository, sources), sources.now)
    if ('wait' in result) {
      return { ok: true as const, ...result, ...NOTHING_SEEN, requests: requests(), warnings: problems }
    }
    await keep(result)
    const { seen: _, ...swept } = result
    return { ok: true as const, ...swept, requests: requests(), warnings: problems }
  },
  text: (answer) => {
    if ('wait' in answer) {
      const { state, evidence, wait } = answer
      return `${state}: nothing was looked at (${evidence.join(', ')})\nagain at ${new Date(wait.untilMs).toISOString()}`
    }
    const { pullRequests, unsettled, unchanged, complete, requests, points } = answer
    const lines = pullRequests.map(({ number, state, step, actor, holder }) => {
      const next = step === null ? actor : `${step}, by ${actor}`
      return `#${number}  ${state}  ${next}${holder === null ? '' : `  (held by ${holder})`}`
    })
    const rest = [
      ...(unsettled.length > 0 ? [`not read: ${unsettled.map((number) => `#${number}`).join(', ')}`] : []),
      ...(complete ? [] : ['GitHub did not name all of them']),
      `requests: ${requests}, points: ${points ?? 'unknown'}`,
    ]
    const quiet = unchanged.length > 0 ? [`nothing moved in ${unchanged.length}`] : []
    const none = lines.length + quiet.length === 0 ? ['no open pull requests'] : []
    return [...lines, ...quiet, ...none, rest.join('; ')].join('\n')
  },
  exit: (answer) => ('wait' in answer ? EXIT.waiting : EXIT.done),
})

await runIfMain(import.meta.url, command)
