import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { checkPredecessor } from '../../../lib/command/doctor/predecessor.ts'
import { claimRunnerOwnership } from '../../../lib/ownership/index.ts'
import { listPredecessors } from '../../../lib/ownership/predecessor-list.ts'
import { openFileStore } from '../../../lib/store/files/open-file-store.ts'
import { HERE } from '../../ownership/support.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dev-loops-doctor-left-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function leave(number: number, text: string): string {
  const place = join(folder, '.pi/runner-coordination/acme/api')
  mkdirSync(place, { recursive: true })
  const file = join(place, `pr-${number}.json`)
  writeFileSync(file, text)
  return file
}

function recordOf(pr: number, runId: string | null): string {
  return JSON.stringify({ schemaVersion: 2, target: { repo: 'acme/api', pr }, activeRun: runId && { runId } })
}

function left() {
  const store = openFileStore(join(folder, '.dev-loops'), { scope: 'machine' })
  return listPredecessors('github.com', { store, host: HERE, predecessorFolders: [folder] })
}

describe("a predecessor's records", () => {
  it('are nothing to worry about when there are none, or when none names a run', () => {
    expect(checkPredecessor(left())).toMatchObject({
      id: 'predecessor',
      ok: true,
      detail: expect.stringContaining('import: 0'),
    })
    leave(7, recordOf(7, null))
    expect(checkPredecessor(left())).toMatchObject({ ok: true, detail: expect.stringContaining('import: 1') })
  })

  it('that name a run are told with file and run, as not known', () => {
    leave(7, recordOf(7, null))
    const file = leave(8, recordOf(8, 'old'))
    leave(9, recordOf(9, 'older'))
    const { ok, detail, fix } = checkPredecessor(left())
    expect({ ok, fix }).toEqual({ ok: null, fix: expect.stringContaining('ownership takeover') })
    expect(detail).toContain(`${file} names run old`)
    expect(detail).toContain('1 more')
  })

  it('that cannot be read are wrong, and named', () => {
    leave(8, recordOf(8, 'old'))
    const file = leave(9, '{"schema')
    expect(checkPredecessor(left())).toMatchObject({ ok: false, detail: expect.stringContaining(file) })
  })

  it('are no longer left once they were taken over', async () => {
    const file = leave(8, recordOf(8, null))
    await claimRunnerOwnership({ repo: 'acme/api', pr: 8, runId: 'a', cwd: folder, env: { HOME: folder } })
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ schemaVersion: 3 })
    expect(left()).toEqual([])
  })

  it('are listed beside other files, which are not looked at', () => {
    const file = leave(8, recordOf(8, 'old'))
    writeFileSync(`${file}.tmp-1-2`, 'half')
    mkdirSync(`${file}.lock`)
    expect(left()).toEqual([{ file, runId: 'old', problem: null }])
  })
})
