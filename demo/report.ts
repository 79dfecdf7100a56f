/** What the demo prints: readable lines, or the same as JSON lines. */
import type { Summary } from './summary.ts'

export interface Report {
  /** Something the demo itself did or saw. */
  note(what: string, text: string): void
  /** A line of progress of one of the runners. */
  progress(run: string, line: string, fields: Readonly<Record<string, unknown>>): void
  summary(summary: Summary): void
}

const startedMs = performance.now()

export function openReport(json: boolean): Report {
  if (json) {
    const print = (event: object) => process.stdout.write(`${JSON.stringify({ seconds: seconds(), ...event })}\n`)
    return {
      note: (what, text) => print({ event: 'note', what, text }),
      progress: (run, line, fields) => print({ event: 'progress', run, line, ...fields }),
      summary: (summary) => print({ event: 'summary', ...summary }),
    }
  }
  const print = (line: string) => process.stdout.write(`${line}\n`)
  return {
    note: (what, text) => print(`${clock()}  -- ${what}: ${text}`),
    progress: (run, line) => print(`${clock()}  ${run.padEnd(6)}  ${line}`),
    summary: (summary) => print(table(summary)),
  }
}

function seconds(): number {
  return Number(((performance.now() - startedMs) / 1000).toFixed(1))
}

function clock(): string {
  return `${seconds().toFixed(1).padStart(6)} s`
}

function table({ merged, issueClosed, worktrees, holder, effects, twice, places }: Summary): string {
  const rows = effects.map(({ kind, count }) => `  ${String(count).padStart(3)}  ${kind}`)
  return [
    '',
    `merged           ${merged ? 'yes' : 'no'}`,
    `issue closed     ${issueClosed ? 'yes' : 'no'}`,
    `worktrees left   ${worktrees}`,
    `owner            ${holder ?? 'nobody'}`,
    `made twice       ${twice.length === 0 ? 'nothing' : twice.join(', ')}`,
    '',
    'writes that the forge received:',
    ...rows,
    '',
    'where to look:',
    ...places.map(([what, place]) => `  ${what.padEnd(16)}${place}`),
  ].join('\n')
}
