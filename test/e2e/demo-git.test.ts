/** The demo on two machines: a second clone is refused, and later takes over, through the remote alone. */
import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { expect, it } from 'vitest'

const root = fileURLToPath(new URL('../../', import.meta.url))

it('is played to its end by a second machine that was refused before', { timeout: 400_000 }, async () => {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'demo-git-')))
  try {
    const args = ['--import', 'tsx', 'demo/demo.ts', '--json', '--store', 'git']
    const played = await execa(process.execPath, args, { cwd: root, env: { TMPDIR: folder }, reject: false })
    const lines = played.stdout.split('\n').filter(Boolean)
    expect(lines.some((line) => line.includes('refused: run first holds'))).toBe(true)
    expect(lines.at(-1)).toContain('"merged":true')
    expect(played.exitCode).toBe(0)
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 })
  }
})
