import { describe, expect, it } from 'vitest'
import { DEFAULT_POLICY } from '../../../lib/config/defaults.generated.ts'
import { detectInternalOnly } from '../../../lib/loop/detectors/internal-only.ts'
import { listed } from '../build.ts'

const { internalPaths } = DEFAULT_POLICY.review

describe('a pull request of internal files', () => {
  it.each([
    [['docs/a.md'], true, 'all_internal', true],
    [['docs/a.md', 'lib/a.ts'], true, 'other_files', false],
    [['docs/a.md'], false, 'files_not_whole', false],
    [[], true, 'no_files', false],
  ] as const)('%j, whole: %s, is %s', (files, complete, reasonCode, internalOnly) => {
    expect(detectInternalOnly(listed([...files], complete), ['docs/**'])).toMatchObject({
      internalOnly,
      reasonCode,
      files,
    })
  })

  it('is none by the shipped policy unless every file is named there', () => {
    expect(detectInternalOnly(listed(['lib/a.ts']), internalPaths).internalOnly).toBe(false)
  })
})
