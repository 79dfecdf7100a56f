import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { watchGroup } from '../../lib/git/group.ts'
import { disk } from '../../lib/store/files/disk.ts'

const GROUP = fileURLToPath(new URL('../../lib/git/group.ts', import.meta.url))

it('listens once for the end of this process, however many run at a time', () => {
  const before = process.listenerCount('exit')
  const watches = Array.from({ length: 20 }, () => watchGroup({ pid: undefined, kill: () => true }, 60_000, undefined))
  expect(process.listenerCount('exit')).toBe(before + 1)
  for (const { stop } of watches) stop()
  expect(process.listenerCount('exit')).toBe(before)
})

it('ends all that still run when this process ends', async () => {
  const program = `
    import { spawn } from 'node:child_process'
    import { watchGroup } from ${JSON.stringify(GROUP)}
    const pids = []
    for (let i = 0; i < 3; i += 1) {
      const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { detached: true, stdio: 'ignore' })
      watchGroup(child, 60_000, undefined)
      pids.push(child.pid)
    }
    console.log(pids.join())
    process.exit()`
  const words = ['--import', 'tsx', '--input-type=module', '--eval', program]
  const starter = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] })
  let text = ''
  starter.stdout.on('data', (more) => {
    text += more
  })
  await once(starter, 'close')
  const pids = text.trim().split(',').map(Number)
  expect(pids).toHaveLength(3)
  await expect.poll(() => pids.filter((pid) => disk.isGone(pid) !== true), { timeout: 20_000 }).toEqual([])
})
