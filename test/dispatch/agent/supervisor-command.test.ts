import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'
import { supervisorCommand } from '../../../lib/dispatch/agent/supervisor-command.ts'
import { aFolder } from './support.ts'

describe('supervisorCommand', () => {
  it('runs the source through tsx when asked from source', () => {
    const command = supervisorCommand()
    expect(command[0]).toBe('--import')
    expect(existsSync(command[2] ?? '')).toBe(true)
  })

  it.each(['chunk.mjs', 'chunks/start-1a2b.mjs', 'scripts/agent/deep/run.mjs'])(
    'finds the built file when asked from %s of the build',
    (module) => {
      const dist = aFolder()
      mkdirSync(join(dist, module, '..'), { recursive: true })
      writeFileSync(join(dist, 'agent-supervisor.mjs'), '')
      const from = pathToFileURL(join(dist, module)).href
      expect(supervisorCommand(from)).toEqual([join(dist, 'agent-supervisor.mjs')])
    },
  )

  it('says so when the installation is broken', () => {
    const from = pathToFileURL(join(aFolder(), 'chunks', 'x.mjs')).href
    expect(() => supervisorCommand(from)).toThrow(expect.objectContaining({ code: 'agent_failed' }))
  })
})
