#!/usr/bin/env node
// Whether a gate is passed follows from a commit status and a record; this says which of them is missing.
import { defineCommand, number, runIfMain, targetOptions } from '../../lib/command/index.ts'
import { describeSource } from '../../lib/facts/source.ts'

const { repo, stateDir } = targetOptions

export const command = defineCommand({
  name: 'gate status',
  summary: 'Say for each gate of a pull request whether it is passed on the current head, and what is missing.',
  writes: 'nothing',
  options: { repo, pr: number().required().describe('Pull request'), stateDir },
  answers: ['refused: still_waiting with the quotas spent', 'passed', 'earlier', 'findings', 'blocked', 'weak', 'none'],
  output: {
    head: 'the commit that is judged',
    gates: 'for each gate: state, reason (why it is not passed), verdict (the record of it)',
    source:
      'graphql; rest when its quota is spent, then with unproved (what REST cannot tell) and wholeAt (until when)',
  },
  exits: [0, 2, 3, 4, 5],
  examples: ['dev-loops gate status --pr 88 --json'],
  run: async (options, context) => {
    const { openAsking } = await import('../../lib/command/asking.ts')
    const { orStillWaiting } = await import('../../lib/command/detect/still-waiting.ts')
    const { gather } = await import('../../lib/dispatch/gather.ts')
    const { readGates } = await import('../../lib/dispatch/gate/read-gates.ts')
    const { target, sources } = await openAsking(options, context)
    const read = await orStillWaiting(async () => readGates((await gather(target, sources)).input))
    return read.ok ? { ok: true as const, ...read.value } : read
  },
  text: (answer) => {
    if (!answer.ok) return answer.message
    const rows = answer.gates.map(
      ({ gate, state, reason }) => `${gate}  ${state}${reason === null ? '' : ` (${reason})`}`,
    )
    return [`head ${answer.head}`, ...rows, ...describeSource(answer)].join('\n')
  },
})

await runIfMain(import.meta.url, command)
