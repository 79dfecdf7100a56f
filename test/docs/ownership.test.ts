/** The page on ownership is drawn from the rules, and its example runs. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { OWNERSHIP_FILE, withDrawing } from '../../build/ownership-docs.ts'
import { absolutePath, fencedBlocks, page } from './markdown.ts'

const shown = page(OWNERSHIP_FILE)

it('shows the states of a claim as the rules give them', () => {
  expect(shown.text).toBe(withDrawing(shown.text))
})

it('draws every state that a claim can be in', () => {
  for (const state of ['free', 'held', 'parked', 'asked_to_stop', 'stopping', 'unanswered', 'over']) {
    expect(shown.text).toMatch(new RegExp(`^  \\w+ --> ${state}:`, 'm'))
  }
})

it('has an example of the check that finds the file store to keep its promises', () => {
  const folder = mkdtempSync(join(tmpdir(), 'dev-loops-docs-'))
  try {
    mkdirSync(join(folder, 'node_modules'))
    symlinkSync(absolutePath('.'), join(folder, 'node_modules/dev-loops'))
    for (const { language, text } of fencedBlocks(shown)) {
      const [, name] = /^js (\w+\.mjs)$/.exec(language) ?? []
      if (name !== undefined) writeFileSync(join(folder, name), text)
    }
    const said = execFileSync(process.execPath, ['check.mjs'], { cwd: folder, encoding: 'utf8' })
    expect(said).toMatch(/^keeps its promises \(\d+ killed\)\n$/)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
