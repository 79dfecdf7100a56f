import { describe, expect, it } from 'vitest'
import { failureSignature, missingFile } from '../../lib/facts/failure.ts'
import { aCheck, checks } from '../loop/build.ts'

function failed(summary: string | null, name = 'test') {
  return checks(aCheck(name, 'FAILURE', { summary }), aCheck('lint'))
}

describe('the signature of a failure', () => {
  const once = failureSignature(failed('3 of 120 failed in 4.2 s at `1f0c9ab`: expected 4'))

  it('is the same for the same reason, whatever numbers, times and commits are named', () => {
    expect(failureSignature(failed('4 of 121 failed in 3.9 s  at 77aa01cd: Expected 5'))).toBe(once)
  })

  it('is another for another reason, another check, or one check more', () => {
    const summary = '3 of 120 failed in 4.2 s at 1f0c9ab: expected 4'
    expect(failureSignature(failed('3 of 120 failed in 4.2 s at 1f0c9ab: missing 4'))).not.toBe(once)
    expect(failureSignature(failed(summary, 'e2e'))).not.toBe(once)
    expect(failureSignature(checks(aCheck('test', 'FAILURE', { summary }), aCheck('e2e', 'FAILURE')))).not.toBe(once)
  })

  it('tells two checks of one matrix apart', () => {
    expect(failureSignature(failed(null, 'test (20)'))).not.toBe(failureSignature(failed(null, 'test (22)')))
  })

  it('does not depend on the log that follows the report', () => {
    const report = 'x'.repeat(1_000)
    expect(failureSignature(failed(`${report} one`))).toBe(failureSignature(failed(`${report} two`)))
  })

  it('is none where nothing failed', () => {
    expect(failureSignature(checks(aCheck('test')))).toBeNull()
  })
})

describe('a missing file', () => {
  it.each([
    ["ENOENT: no such file or directory, open 'a/b.json'", 'a/b.json'],
    ['cat: no such file or directory: "c.txt"', 'c.txt'],
    ['expected 4 but got 5', null],
    [null, null],
  ])('in %j is %j', (summary, file) => {
    expect(missingFile(failed(summary))).toBe(file)
  })

  it('is only what a check names that failed', () => {
    expect(missingFile(checks(aCheck('test', 'SUCCESS', { summary: "ENOENT: open 'a.json'" })))).toBeNull()
  })
})
