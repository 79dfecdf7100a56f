/**
 * The short form; test/chaos/ownership-chaos.ts is the long one. The seed decides what is done to whom, not
 * how the machine schedules it, so the same seed may show a fault only now and then.
 */
import { beforeAll, describe, expect, it } from 'vitest'
import { HOW_TO_MOUNT, mayMount } from '../support/small-disk.ts'
import { type ContestReport, contendForFiles, contendForGit, contendOnBadDisk } from './contests.ts'

/** The promise. On a quiet machine the slowest answer takes a fifth of it, and half of it on a crowded one. */
const PROMISED_MS = 2_000

const seed = Number(process.env.CHAOS_SEED ?? Math.floor(Math.random() * 1_000_000))

type Judged = Pick<ContestReport['register']['verdicts'][number], 'key' | 'linearizable'>

function promises(contend: () => Promise<ContestReport>): () => ContestReport {
  let report: ContestReport
  beforeAll(async () => {
    report = await contend()
  })

  it('leave histories that are linearizable for each record', () => {
    const verdicts = [report.register, report.ownership, report.pair].flatMap<Judged>((each) => each.verdicts)
    const broken = verdicts.filter(({ linearizable }) => linearizable !== true)
    expect(verdicts.length).toBeGreaterThan(1)
    expect(broken, JSON.stringify({ seed, broken }, null, 1)).toEqual([])
  })

  it('leave every record readable, with a journal of exactly what was committed', () => {
    expect(report.journal).toEqual([])
  })

  it('leave nothing lying about', () => {
    expect(report.litter).toEqual([])
  })
  return () => report
}

describe('eight processes over a folder, killed and stopped', () => {
  const told = promises(() => contendForFiles({ seconds: 4, seed }))

  it('did fight: some were killed, some were stopped, and targets changed hands', () => {
    const { kills, pauses, said, failures } = told()
    expect(Math.min(kills, pauses)).toBeGreaterThan(2)
    expect(failures).toEqual({})
    for (const answer of ['claim: claimed_new', 'claim: active_run_exists', 'guard: guarded', 'force: taken_over']) {
      expect(said[answer], answer).toBeGreaterThan(0)
    }
  })

  it('are answered within two seconds, whatever happened to the others', () => {
    expect(told().slowestAnswerMs).toBeLessThan(PROMISED_MS)
  })

  it('leave nothing that another run would not be granted within two seconds', () => {
    expect(told().slowestGrantMs).toBeLessThan(PROMISED_MS)
  })
})

const may = mayMount()
if (!may) console.info(`chaos on a bad disk is not tried here: it ${HOW_TO_MOUNT}`)

describe.runIf(may)('eight processes over a small and slow disk that fills up and forbids changes', () => {
  const report = promises(() => contendOnBadDisk({ seconds: 3, seed }))

  it('were hindered, and told so', () => {
    const { kills, refusals } = report()
    expect(kills).toBeGreaterThan(2)
    const told = ['store_unavailable ENOSPC', 'store_unavailable EROFS']
    expect(Object.keys(refusals)).toEqual(expect.arrayContaining(told))
  })
})

describe('eight processes on two machines that share a git remote over a bad line', () => {
  const report = promises(() => contendForGit({ seconds: 5, seed }))

  it('were killed, stopped, declined and cut off', () => {
    const { kills, pauses, spoiled } = report()
    expect(kills + pauses).toBeGreaterThan(4)
    expect(Object.keys(spoiled ?? {})).toContain('answer lost')
  })

  it('changed two records in one step, and were refused it when one had moved', () => {
    expect(report().pair.operations).toBeGreaterThan(10)
  })
})
