import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { makeFolder } from '../lib/make-folder.ts'

let root = ''
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'make-folder-'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

describe('makeFolder', () => {
  it('makes all that are missing, and names the first', () => {
    mkdirSync(join(root, 'a'))
    expect(makeFolder(join(root, 'a/b/c'))).toBe(join(root, 'a/b'))
    expect(existsSync(join(root, 'a/b/c'))).toBe(true)
    expect(makeFolder(join(root, 'a/b/c'))).toBeUndefined()
  })

  it.each(['file', 'file/below'])('fails where a file is in the way: %s', (path) => {
    writeFileSync(join(root, 'file'), '')
    expect(() => makeFolder(join(root, path))).toThrow(/EEXIST|ENOTDIR/)
  })

  it.runIf(process.platform === 'linux')('fails on a file system in which nothing can be made, and comes back', () => {
    expect(() => makeFolder('/proc/dev-loops/records')).toThrow('ENOENT')
  })
})
