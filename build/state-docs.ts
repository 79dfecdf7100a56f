/**
 * Writes docs/states.md: every state machine as a graph and as the tables that the product runs by.
 *
 * The build does it, and a test compares the file with what this gives.
 */
import { writeFile } from 'node:fs/promises'
import type { AnyMachine, AnyRule, FactTable, FactValue, StateRow, WaitLimit } from '../lib/loop/machine.ts'
import { hasWords, sayState } from '../lib/loop/words/say.ts'
import { EVERY_MACHINE } from './every-machine.ts'

export const STATES_FILE = 'docs/states.md'

const INTRODUCTION = `# State machines

Generated from the tables under \`lib/loop/machines\` by \`build/state-docs.ts\`; do not edit.

A decision asks several machines in a fixed order, and the first whose state has a step has the word:

\`\`\`text
merged or closed   cleanup
pull request       ownership → recovery → policy → local → gates (which reads review, which reads ci)
issue              ownership → recovery → policy → local → issue
\`\`\`

The machine \`attempt\` then says whether that step may be taken now (\`stuck\` tells it when the loop goes round), and
\`waiting\` names in one code what the target waits for. The other machines answer for commands of their own.

Rules are read downwards and the first that fits names the state; a rule that names a fact accepts only the values it
lists. Arrows show where a step leads when it succeeds, or a wait when it ends; what others do meanwhile can lead
anywhere. A state without a step lets the next machine go on, or is an end. What a state means is said in the words of
\`dev-loops explain\`, which also says the facts in words, found for one target.
`

type AnyRow = Pick<StateRow<FactTable, string>, 'next' | 'to' | 'wait'>

/** @param root folder of the package, ending in a slash */
export async function writeStateDocs(root: string): Promise<void> {
  await writeFile(`${root}${STATES_FILE}`, stateDocs())
}

export function stateDocs(): string {
  const sections = EVERY_MACHINE.map(describe)
  return `${[INTRODUCTION, ...sections].join('\n')}`
}

function describe({ name, states, rules }: AnyMachine): string {
  const rows: [string, AnyRow][] = Object.entries(states)
  return [`## ${name}`, '', ...graphOf(rows), ...stateTable(name, rows), ...ruleTable(rules)].join('\n')
}

function graphOf(rows: readonly [string, AnyRow][]): string[] {
  const edges = rows.flatMap(([from, { to }]) => to.map((target) => `  ${from} --> ${target}`))
  return edges.length === 0 ? [] : ['```mermaid', 'flowchart LR', ...edges, '```', '']
}

function stateTable(machine: string, rows: readonly [string, AnyRow][]): string[] {
  const meant = hasWords(machine)
  const lines = rows.map(([state, { next, wait }]) => {
    const step = next ? [`\`${next.step}\``, next.by] : ['', '']
    return rowOf([`\`${state}\``, ...(meant ? [sayState(machine, state)] : []), ...step, wait ? endOf(wait) : ''])
  })
  const heads = ['state', ...(meant ? ['means'] : []), 'step', 'by', 'wait ends at the latest']
  return [rowOf(heads), `|${'---|'.repeat(heads.length)}`, ...lines, '']
}

function rowOf(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`
}

const LIMITS: { readonly [Limit in WaitLimit]: string } = {
  review: '`wait.reviewLimit`',
  checks: '`wait.checksLimit`',
  mergeability: '`wait.mergeabilityLimit`',
  holder: 'the term of that claim',
  deadline: 'its own deadline',
}

function endOf({ limit, end }: NonNullable<AnyRow['wait']>): string {
  return `${LIMITS[limit]}, ${end === 'human' ? 'then a person' : 'then it is decided anew'}`
}

function ruleTable(rules: readonly AnyRule[]): string[] {
  const lines = rules.map(({ id, state, when }) => {
    const conditions = Object.entries(when).map(
      ([name, wanted]) => `${name}: ${[wanted].flat().map(formatValue).join(' or ')}`,
    )
    return `| \`${id}\` | ${conditions.join('; ') || 'otherwise'} | \`${state}\` |`
  })
  return ['| rule | when | state |', '|---|---|---|', ...lines, '']
}

function formatValue(value: FactValue | undefined): string {
  if (value === null) return 'not known'
  return value === true ? 'yes' : value === false ? 'no' : String(value)
}
