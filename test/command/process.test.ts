import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, it } from 'vitest'

/** A command at work; it prints what its signal says, and then cannot end by itself. */
const PROGRAM = `
  import { processContext } from ${JSON.stringify(new URL('../../lib/command/process.ts', import.meta.url).href)}
  const { signal } = processContext(() => new URL('file:///'), [])
  const { execa } = await import(${JSON.stringify(import.meta.resolve('execa'))})
  await execa(process.execPath, ['--eval', '0'])
  signal.addEventListener('abort', () => console.log(signal.reason))
  setInterval(() => {}, 60_000)
  console.log('at work')
`

it('a command that was asked to end is left to tidy up, whatever libraries it loaded; asked again, it ends', async () => {
  const args = ['--import', import.meta.resolve('tsx'), '--input-type=module', '--eval', PROGRAM]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = once(child, 'exit')
  const said = async () => String((await Promise.race([once(child.stdout, 'data'), exited]))[0]).trim()

  expect(await said()).toBe('at work')
  child.kill('SIGTERM')
  expect(await said()).toBe('SIGTERM')
  child.kill('SIGTERM')

  expect(await exited).toEqual([11, null])
})
