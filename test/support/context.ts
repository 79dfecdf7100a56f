import type { CommandContext } from '../../lib/command/define.ts'
import { executeWith } from '../../lib/command/registry.ts'

export interface TestContext extends CommandContext {
  /** What the command printed as progress. */
  readonly lines: string[]
}

/** A complete context for running a command in the test's own process. */
export function aContext(given: Partial<CommandContext> & { stdin?: string } = {}): TestContext {
  const { stdin = '', ...overrides } = given
  const lines: string[] = []
  const context: TestContext = {
    cwd: process.cwd(),
    env: {},
    signal: new AbortController().signal,
    progress: (line) => void lines.push(line),
    readStdin: async () => stdin,
    execute: (argv, inContext = context) => executeWith(new URL('../../scripts/', import.meta.url), argv, inContext),
    lines,
    ...overrides,
  }
  return context
}
