import { describe, expect, it } from 'vitest'
import { COMMAND_STEPS, commandFor, isOwnBranchName } from '../../lib/loop/commands.ts'
import { DECIDING } from '../../lib/loop/next.ts'
import { anyMachine } from '../model/enumerate.ts'
import { HEAD } from './build.ts'

const WORDS = {
  target: { host: 'github.com', repo: 'acme/api', number: 88, kind: 'pull_request' as const },
  you: 'r-1',
  head: HEAD,
  issue: 12,
  ownBranch: 'dev-loops/issue-12',
  pullRequest: 88,
}

describe('commands', () => {
  it('exist for every step that a table gives to a command, and for no other', () => {
    const asked = Object.values(DECIDING).flatMap((machine) =>
      Object.values(anyMachine(machine).states).flatMap(({ next }) => (next?.by === 'command' ? [next.step] : [])),
    )
    const steps = new Set(asked.filter((step) => step !== 'as_asked'))
    expect([...steps].sort()).toEqual([...COMMAND_STEPS].sort())
  })

  it.each(COMMAND_STEPS)('%s is made of words that mean nothing to a shell', (step) => {
    const argv = commandFor(step, WORDS)
    expect(argv[0]).toBe('dev-loops')
    expect(argv.filter((word) => !/^[A-Za-z0-9/._-]+$/.test(word))).toEqual([])
    expect(argv).toContain('acme/api')
  })

  it('leave out a run id that was not given', () => {
    for (const step of COMMAND_STEPS) expect(commandFor(step, { ...WORDS, you: null })).not.toContain('--run-id')
  })

  it('name only branches that bear the name we gave', () => {
    expect(isOwnBranchName('dev-loops/issue-12')).toBe(true)
    expect(isOwnBranchName('issue-12')).toBe(true)
    for (const name of ['main', 'x;rm/issue-1', '-f/issue-1', 'issue-12;ls', '$(id)/issue-1', 'a b/issue-1']) {
      expect(isOwnBranchName(name), name).toBe(false)
    }
  })
})
