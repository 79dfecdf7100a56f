import { describe, expect, it } from 'vitest'
import { defineCommand } from '../../lib/command/define.ts'
import { text } from '../../lib/command/options.ts'
import { runCommand } from '../../lib/command/run.ts'
import { GitHubError } from '../../lib/errors.ts'
import { refuse } from '../../lib/outcome.ts'
import { aContext } from '../support/context.ts'

function commandThat(run: () => Promise<{ ok: true; status: string } | ReturnType<typeof refuse>>) {
  return defineCommand({
    name: 'probe',
    summary: 'Probe the runner.',
    writes: 'nothing',
    options: { note: text().describe('A note') },
    answers: ['probed'],
    output: { status: 'probed' },
    exits: [0, 3],
    examples: ['dev-loops probe'],
    run,
    text: (answer) => (answer.ok ? answer.status : answer.message),
  })
}

describe('runCommand', () => {
  it('exits 0 with the answer', async () => {
    const ran = await runCommand(
      commandThat(async () => ({ ok: true, status: 'probed' })),
      [],
      aContext(),
    )
    expect(ran).toMatchObject({ exit: 0, answer: { ok: true, status: 'probed' }, text: 'probed' })
  })

  it('exits by the table of codes for a refusal', async () => {
    const refused = async () => refuse('active_run_exists', 'somebody holds it', { holder: 'r-1' })
    const ran = await runCommand(commandThat(refused), [], aContext())
    expect(ran.exit).toBe(3)
    expect(JSON.stringify(ran.answer)).toMatch(/^\{"ok":false,"error":"active_run_exists","message":/)
  })

  it('prints a typed failure without a stack and without a secret', async () => {
    const secret = 'ghp_abcdefghijklmnopqrstuvwxyz0123456789'
    const fails = async () => {
      throw new GitHubError('github_unreachable', `https://x:${secret}@host said no to ${secret} and s3cr3t-value`)
    }
    const ran = await runCommand(commandThat(fails), [], aContext({ env: { GH_TOKEN: 's3cr3t-value' } }))
    expect(ran.exit).toBe(5)
    expect(JSON.stringify(ran.answer)).not.toMatch(/ghp_|s3cr3t-value|at .*\.ts/)
  })

  it('calls anything else a bug of ours, in one line', async () => {
    const breaks = async () => {
      throw new TypeError('x is not a function')
    }
    const ran = await runCommand(commandThat(breaks), [], aContext())
    expect(ran.exit).toBe(1)
    expect(ran.answer).toMatchObject({ ok: false, error: 'internal_error' })
    expect(ran.answer).not.toHaveProperty('stack')
  })

  it('says cancelled when it was interrupted', async () => {
    const aborted = async () => {
      throw new DOMException('The operation was aborted', 'AbortError')
    }
    expect(await runCommand(commandThat(aborted), [], aContext())).toMatchObject({
      exit: 11,
      answer: { ok: false, error: 'cancelled' },
    })
  })

  it('writes help that names effect, options, answers and an example', async () => {
    const ran = await runCommand(
      commandThat(async () => ({ ok: true, status: 'probed' })),
      ['--help'],
      aContext(),
    )
    expect(ran.help).toBe(true)
    for (const part of ['Probe the runner.', 'Writes: nothing.', '--note <text>', 'probed', 'dev-loops probe']) {
      expect(ran.text).toContain(part)
    }
  })
})
