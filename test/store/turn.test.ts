import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { isQueued, takeTurn } from '../../lib/store/files/turn.ts'

const FOREVER = { withOneMs: 60_000, inAllMs: 60_000 }
const BRIEFLY = { withOneMs: 20, inAllMs: 60_000 }

let queue = ''
beforeEach(() => {
  queue = join(mkdtempSync(join(tmpdir(), 'dev-loops-turn-')), 'turn')
})
afterEach(() => rmSync(join(queue, '..'), { recursive: true, force: true }))

/** As a writer would leave it that came first of all. */
function leaveTicket(pid: number): string {
  const name = `${'1'.padStart(20, '0')}.${pid}.x`
  mkdirSync(queue, { recursive: true })
  writeFileSync(join(queue, name), '')
  return name
}

describe('a queue', () => {
  it('serves in the order of arrival, one at a time', async () => {
    const served: number[] = []
    let atWork = 0
    const serve = async (number: number) => {
      const endTurn = await takeTurn(queue, FOREVER)
      atWork += 1
      expect(atWork).toBe(1)
      served.push(number)
      await new Promise((resolve) => setImmediate(resolve))
      atWork -= 1
      await endTurn()
    }
    await Promise.all(Array.from({ length: 12 }, (_, index) => serve(index)))
    expect(served).toEqual(Array.from({ length: 12 }, (_, index) => index))
    expect(isQueued(queue)).toBe(false)
  })

  it('does not wait for the dead, and takes their tickets away', async () => {
    leaveTicket(4_194_304 + 1)
    const endTurn = await takeTurn(queue, FOREVER)
    expect(readdirSync(queue)).toHaveLength(1)
    await endTurn()
    expect(readdirSync(queue)).toEqual([])
  })

  it('passes over one that does not come to its end', async () => {
    const stuck = leaveTicket(process.pid)
    await (await takeTurn(queue, BRIEFLY))()
    expect(readdirSync(queue)).not.toContain(stuck)
  })

  it('lets its users go on where it cannot be had', async () => {
    const nowhere = join(queue, 'no', 'record')
    await (await takeTurn(nowhere, FOREVER))()
    expect(isQueued(nowhere)).toBe(false)
  })
})
