/**
 * The second proof of the commit protocol: 16 processes count together while they are killed and
 * stopped at random moments. Each kill may hide one success that was not noted yet; anything beyond
 * that would be a lost or a doubled change. `DEV_LOOPS_CHAOS_SECONDS` makes it longer.
 */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { openFileStore } from '../../lib/store/files/open-file-store.ts'
import { update } from '../../lib/store/update.ts'
import { bundleWorker, startWorker, type Worker } from '../support/store-processes.ts'

const SECONDS = Number(process.env.DEV_LOOPS_CHAOS_SECONDS ?? 4)
const PROCESSES = 16
const LONGEST_STOP_MS = 400
const FEWEST_TURNS = 6

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dev-loops-counter-'))
  mkdirSync(join(folder, 'notes'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

it(
  `counts right with ${PROCESSES} processes under kill -9 and pause`,
  async () => {
    const script = bundleWorker(fileURLToPath(new URL('../fixtures/store/counter-worker.ts', import.meta.url)), folder)
    const start = counterWorkers(script)
    const { kills, stops } = await disturb(start)

    const store = openFileStore(join(folder, 'state'), { scope: 'machine' })
    const final = Number((await store.read('counter'))?.value)
    const noted = notedSuccesses()
    console.info(`store, counter: ${final} changes, ${noted} noted, ${kills} kills, ${stops} stops in ${SECONDS} s`)

    expect(Math.min(kills, stops, noted), 'nothing was disturbed, so nothing was shown').toBeGreaterThan(2)
    expect(final - noted).toBeGreaterThanOrEqual(0)
    expect(final - noted).toBeLessThanOrEqual(kills)

    const sequences = (await store.journal('counter', 0)).map(({ sequence }) => sequence)
    expect(sequences).toEqual(Array.from({ length: final }, (_, i) => i + 1))

    await update(store, 'counter', () => ({ value: 0, entry: 'last', result: null }))
    expect(leftovers(store.placeOf?.('counter') ?? '')).toEqual([])
  },
  SECONDS * 1_000 + 50_000,
)

function counterWorkers(script: string): () => Worker {
  let started = 0
  return () => {
    started += 1
    return startWorker(script, [join(folder, 'state'), join(folder, 'notes', String(started))])
  }
}

/** Stops or kills one worker after the other, by turns, until the time is over; then lets all end by themselves. */
async function disturb(start: () => Worker): Promise<{ readonly kills: number; readonly stops: number }> {
  const workers = Array.from({ length: PROCESSES }, start)
  await vi.waitFor(() => expect(notedSuccesses()).toBeGreaterThan(PROCESSES), { timeout: 30_000 })
  const deadline = performance.now() + SECONDS * 1_000
  const wakings: Promise<void>[] = []
  let kills = 0

  for (let turn = 0; turn < FEWEST_TURNS || performance.now() < deadline; turn += 1) {
    await after(Math.random() * 150)
    const chosen = Math.floor(Math.random() * PROCESSES)
    const victim = workers[chosen]
    if (!victim) continue

    if (turn % 2 === 0) {
      wakings.push(stopForAWhile(victim))
    } else {
      victim.signal('SIGKILL')
      // It may have failed before it could be killed, and that must not hide among the kills.
      expect(await victim.ended).toMatchObject({ signal: 'SIGKILL', stderr: '' })
      kills += 1
      workers[chosen] = start()
    }
  }

  await Promise.all(wakings)
  for (const worker of workers) worker.signal('SIGTERM')
  for (const worker of workers) expect((await worker.ended).stderr).toBe('')
  return { kills, stops: wakings.length }
}

async function stopForAWhile(worker: Worker): Promise<void> {
  worker.signal('SIGSTOP')
  await after(Math.random() * LONGEST_STOP_MS)
  worker.signal('SIGCONT')
}

function notedSuccesses(): number {
  const notes = join(folder, 'notes')
  return readdirSync(notes).reduce((sum, name) => sum + statSync(join(notes, name)).size, 0)
}

/** What is in a tidy record's folder beyond its parts: a second head, or data of one version twice. */
function leftovers(record: string): readonly string[] {
  const seen = new Set<string>()
  return readdirSync(record).filter((name) => {
    const [kind = '', sequence = ''] = name.split('.')
    const part = kind === 'head' ? kind : `${kind}.${sequence}`
    const known = ['head', 'data', 'journal', 'turn'].includes(kind) && !seen.has(part)
    seen.add(part)
    return !known
  })
}
