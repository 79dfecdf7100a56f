/**
 * Draws the states of a claim into docs/ownership.md, by asking the rules: from a target that nobody holds,
 * every call is made in every state that is reached, and what the rules answer is the graph and the table.
 *
 * A claim with a lease, seen on the boot that it is renewed on: there every end is certain.
 */
import { readFile, writeFile } from 'node:fs/promises'
import type { Outcome } from '../lib/outcome.ts'
import { emptyRecord, type OwnershipRecord } from '../lib/ownership/record.ts'
import { claim } from '../lib/ownership/rules/claim.ts'
import { guard } from '../lib/ownership/rules/guard.ts'
import { type Evidence, judgeClaim, leaseTerm } from '../lib/ownership/rules/liveness.ts'
import { park } from '../lib/ownership/rules/park.ts'
import { release } from '../lib/ownership/rules/release.ts'
import { renew } from '../lib/ownership/rules/renew.ts'
import { acknowledge, recordSignal, stopTermLeft } from '../lib/ownership/rules/stop-request.ts'

export const OWNERSHIP_FILE = 'docs/ownership.md'

const BEGIN = '<!-- Drawn from the rules by build/ownership-docs.ts; do not edit. -->'
const END = '<!-- End of what is drawn. -->'
const TTL_MS = 900_000
const PARK_MS = 3_600_000

interface Seen {
  readonly record: OwnershipRecord
  readonly nowMs: number
}

interface Told {
  readonly said: string
  readonly seen: Seen
}

type Call = (seen: Seen) => Told | null

const holderOf = ({ record }: Seen) => record.activeRun?.runId ?? 'first'
const other = (seen: Seen) => (holderOf(seen) === 'first' ? 'second' : 'first')
const taking = { ttlMs: TTL_MS, reason: 'why' }

/** The holder's calls, those of others, and the passing of time. */
const CALLS: Readonly<Record<string, Call>> = {
  claim: (seen) =>
    made(seen, claim(seen.record, { ...taking, runId: holderOf(seen), mode: 'claim' }, evidenceAt(seen))),
  renew: (seen) => made(seen, renew(seen.record, { runId: holderOf(seen) }, evidenceAt(seen))),
  park: (seen) => made(seen, park(seen.record, { runId: holderOf(seen), parkMs: PARK_MS }, evidenceAt(seen))),
  'guard, git push': (seen) => guarded(seen),
  acknowledge: (seen) => made(seen, acknowledge(seen.record, { runId: holderOf(seen) }, evidenceAt(seen))),
  release: (seen) => made(seen, release(seen.record, { runId: holderOf(seen) }, evidenceAt(seen))),
  'claim by another': (seen) =>
    made(seen, claim(seen.record, { ...taking, runId: other(seen), mode: 'claim' }, evidenceAt(seen))),
  takeover: (seen) =>
    made(seen, claim(seen.record, { ...taking, runId: other(seen), mode: 'takeover' }, evidenceAt(seen))),
  'takeover --force': (seen) =>
    made(seen, claim(seen.record, { ...taking, runId: other(seen), mode: 'takeover', force: true }, evidenceAt(seen))),
  'signal-exit': (seen) => made(seen, recordSignal(seen.record, { runId: holderOf(seen) }, evidenceAt(seen))),
  'the term passes': (seen) => {
    const lease = seen.record.activeRun?.lease
    return lease ? later(seen, lease.renewedAtMs + leaseTerm(lease)) : null
  },
  'the time to answer passes': (seen) => {
    const left = seen.record.activeRun === null ? null : stopTermLeft(seen.record.activeRun, evidenceAt(seen))
    return left ? later(seen, seen.nowMs + left) : null
  },
}

/** @param root folder of the package, ending in a slash */
export async function writeOwnershipDocs(root: string): Promise<void> {
  const file = `${root}${OWNERSHIP_FILE}`
  const page = await readFile(file, 'utf8')
  const drawn = withDrawing(page)
  if (drawn !== page) await writeFile(file, drawn)
}

/** The page with its drawn part as the rules give it now. */
export function withDrawing(page: string): string {
  const [before, rest] = page.split(BEGIN)
  const after = rest?.split(END)[1]
  if (before === undefined || after === undefined) throw new Error(`${OWNERSHIP_FILE} has no place for the drawing`)
  return `${before}${BEGIN}\n\n${drawing()}\n${END}${after}`
}

function drawing(): string {
  const reached = explore()
  const edges = [...reached].flatMap(([from, told]) =>
    [...groupByState(told)]
      .filter(([to]) => to !== from)
      .map(([to, calls]) => `  ${from} --> ${to}: ${calls.join(', ')}`),
  )
  const names = [...reached.keys()]
  const rows = Object.keys(CALLS).map((call) => {
    const cells = names.map((name) => reached.get(name)?.get(call)?.said).map((said) => (said ? `\`${said}\`` : ''))
    return `| ${call} | ${cells.join(' | ')} |`
  })
  const isAnswer = (row: string) => row.includes('`')
  const head = [`| call | ${names.join(' | ')} |`, `|---|${names.map(() => '---|').join('')}`]
  const graph = ['```mermaid', 'stateDiagram-v2', '  [*] --> free', ...edges, '```']
  return [...graph, '', ...head, ...rows.filter(isAnswer), ''].join('\n')
}

type Reached = ReadonlyMap<string, ReadonlyMap<string, Told>>

/** Every state that can be reached, each with what every call answers in it. */
function explore(): Reached {
  const start: Seen = { record: emptyRecord({ host: 'github.com', repo: 'acme/api', number: 1 }), nowMs: 1 }
  const reached = new Map<string, ReadonlyMap<string, Told>>()
  const open = [start]
  for (let seen = open.shift(); seen !== undefined; seen = open.shift()) {
    const name = stateOf(seen)
    if (reached.has(name)) continue
    const told = new Map<string, Told>()
    for (const [call, make] of Object.entries(CALLS)) {
      const answer = make(seen)
      if (answer === null) continue
      told.set(call, answer)
      open.push(answer.seen)
    }
    reached.set(name, told)
  }
  return reached
}

function stateOf(seen: Seen): string {
  const held = seen.record.activeRun
  if (held === null) return 'free'
  if (judgeClaim(held, evidenceAt(seen)).alive === 'ended') return 'over'
  if (held.stop === null) return held.lease?.parkedMs === null ? 'held' : 'parked'
  if (held.stop.acknowledgedAt !== null) return 'stopping'
  return stopTermLeft(held, evidenceAt(seen)) === 0 ? 'unanswered' : 'asked_to_stop'
}

function groupByState(told: ReadonlyMap<string, Told>): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>()
  for (const [call, { seen }] of told) groups.set(stateOf(seen), [...(groups.get(stateOf(seen)) ?? []), call])
  return groups
}

function made(seen: Seen, answer: Outcome<{ readonly status: string; readonly record?: OwnershipRecord }>): Told {
  if (!answer.ok) return { said: answer.error, seen }
  const { status, record = seen.record } = answer.value
  return { said: status, seen: { record, nowMs: seen.nowMs } }
}

function guarded(seen: Seen): Told {
  const answer = guard(seen.record, { runId: holderOf(seen) }, evidenceAt(seen))
  return answer.ok ? { said: 'allowed', seen: { ...seen, record: answer.value } } : { said: answer.error, seen }
}

function later({ record }: Seen, nowMs: number): Told {
  return { said: '', seen: { record, nowMs } }
}

function evidenceAt({ nowMs }: Seen): Evidence {
  const now = { bootId: 'boot', monotonicMs: nowMs, wallMs: 0 }
  return { now, at: '2020-01-01T00:00:00Z', worker: 'unknown', sighting: null, stopSighting: null }
}
