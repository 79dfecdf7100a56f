/**
 * Every command that the tables can print exists, does what its step is named after, and leads to a state
 * that the table allows. The story is driven by hand: ask, run exactly the words that were printed, ask again.
 */
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CommandContext } from '../../lib/command/define.ts'
import { type Forge, startForge } from '../../lib/forge/forge.ts'
import { demo } from '../../lib/forge/seeds/demo.ts'
import { COMMAND_STEPS, commandFor } from '../../lib/loop/commands.ts'
import { STAGES, type StageName } from '../../lib/loop/precedence.ts'
import { aClone, authenticatedUrl, data, type Loose } from '../forge/with-forge.ts'
import { aContext } from '../support/context.ts'
import { isOwnerMark, scriptedAgent } from '../support/loop-world.ts'
import { aPullRequest, openStage, own } from './stage.ts'

const execute = promisify(execFile)
const REPO = 'acme/parcel-price'
/** Commands that were run because `next` printed them. */
const ran = new Set<string>()

let folder: string
let forge: Forge
let context: CommandContext

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'dev-loops-commands-')))
  const reviewer = demo.reviewer && { ...demo.reviewer, delayMs: 0 }
  forge = await startForge({ folder: join(folder, 'forge'), seed: { ...demo, reviewer } })
  const cwd = join(folder, 'checkout')
  await execute('git', ['clone', '--quiet', '--', authenticatedUrl(forge, REPO), cwd])
  const env = {
    PATH: process.env.PATH,
    HOME: folder,
    XDG_STATE_HOME: join(folder, 'state'),
    XDG_CONFIG_HOME: join(folder, 'config'),
    ...forge.environment,
    DEV_LOOPS_AGENTS_REVIEWER_COMMAND: JSON.stringify(scriptedAgent('reviewer-demo')),
    DEV_LOOPS_GITHUB_REQUEST_TIMEOUT: '2s',
  }
  context = aContext({ cwd, env })
})
afterAll(async () => {
  await forge.stop()
  await rm(folder, { recursive: true, force: true, maxRetries: 5 })
})

async function cli(words: readonly string[] | string, change: Partial<CommandContext> = {}): Promise<Loose> {
  const argv = typeof words === 'string' ? words.split(' ') : words
  const { answer, exit } = await context.execute(argv, { ...context, ...change })
  return { exit, ...answer }
}

interface Story {
  readonly target: string
  /** What a person or a crash does when a state is seen for the first time. */
  readonly disturb?: Readonly<Record<string, () => Promise<void>>>
  /** Steps whose process dies once, after the change was made and before it is recorded. */
  readonly dies?: readonly string[]
}

/** @returns the states, in order, each once in a row */
async function drive({ target, disturb = {}, dies = [] }: Story): Promise<readonly string[]> {
  const states: string[] = []
  const disturbed = new Set<string>()
  let before: Loose = null
  for (let asked = 0; asked < 400; asked += 1) {
    const decision = await cli(`next ${target} --run-id by-hand`)
    const { state, step, actor } = decision
    if (before !== null) expectAllowed(before, decision)
    before = decision
    if (states.at(-1) !== state) states.push(state)
    if (disturb[state] && !disturbed.has(state)) {
      disturbed.add(state)
      await disturb[state]()
      before = null
      continue
    }
    if (actor === 'done') return states
    if (actor === 'wait') {
      // Asking without a pause would take the time from the check that is waited for.
      await pause(200)
      continue
    }
    if (actor === 'agent') {
      await agent(decision)
      continue
    }
    expect(actor, JSON.stringify([state, step, decision.because, decision.evidence, states])).toBe('command')
    ran.add(step)
    if (dies.includes(step) && !disturbed.has(step)) {
      disturbed.add(step)
      await expect(cli(decision.command, { onBoundary: dieWhenAnswered })).resolves.toMatchObject({ exit: 1 })
      before = null
      continue
    }
    expect([decision.command, await cli(decision.command)]).toMatchObject([decision.command, { ok: true, exit: 0 }])
  }
  throw new Error(`no end after ${states.join(', ')}`)
}

function dieWhenAnswered({ name }: { readonly name: string }): void {
  if (name === 'answered') throw new Error('the process dies here')
}

/** From one decision to the next within one machine; what waits may have passed meanwhile. */
function expectAllowed(before: Loose, after: Loose): void {
  const machine = stageOf(before)
  if (machine !== stageOf(after) || before.state === after.state) return
  const states: Readonly<Record<string, { readonly next: Loose; readonly to: readonly string[] }>> =
    STAGES[machine].states
  const allowed = new Set(states[before.state]?.to)
  for (const state of allowed)
    if (states[state]?.next?.by === 'wait') for (const after of states[state].to) allowed.add(after)
  expect([...allowed], `${machine}: from ${before.state}`).toContain(after.state)
}

function stageOf({ because }: Loose): StageName {
  const rule = (because as string[]).filter((id) => !id.startsWith('attempt/')).at(-1) ?? ''
  return rule.split('/')[0] as StageName
}

/** The demo's developer, given the prompt as it was printed; its answers are posted by command. */
async function agent({ prompt, target }: Loose): Promise<void> {
  const cwd = JSON.parse(/current folder is ("[^"]+")/.exec(prompt)?.[1] ?? '""')
  const result = join(folder, 'result.json')
  const [program = '', ...args] = scriptedAgent('developer-demo')
  const child = execute(program, args, {
    cwd,
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      DEV_LOOPS_RESULT: result,
      GIT_AUTHOR_NAME: 'Dev',
      GIT_AUTHOR_EMAIL: 'dev@example.test',
      GIT_COMMITTER_NAME: 'Dev',
      GIT_COMMITTER_EMAIL: 'dev@example.test',
    },
  })
  child.child.stdin?.end(prompt)
  await child
  for (const { thread, body } of JSON.parse(await readFile(result, 'utf8')).answers) {
    const reply = `threads reply --pr ${target.number} --thread ${thread} --run-id by-hand`
    expect(await cli(reply, { readStdin: async () => body })).toMatchObject({ ok: true })
  }
}

async function somebodyElsePushes(branch: string): Promise<void> {
  const clone = await aClone(forge, REPO, 'maintainer')
  await clone.git('switch', '--quiet', branch)
  await clone.commit({ 'NOTES.md': 'Looked at by a person.\n' }, 'Add a note')
  await clone.git('push', '--quiet', 'origin', 'HEAD')
  await clone.remove()
}

/** A story has some sixty questions; how long they take says nothing. */
const HOUR = 3_600_000

describe('the words that next prints', { timeout: HOUR }, () => {
  it('lead from an issue to its merge, also when somebody pushes and a process dies in between', async () => {
    const states = await drive({
      target: `--issue 1`,
      disturb: { draft_review: () => somebodyElsePushes('dev-loops/issue-1') },
      dies: ['mark_ready_for_review'],
    })
    expect(states.slice(0, 3)).toEqual(['unclaimed', 'no_worktree', 'not_implemented'])
    expect(states).toContain('effects_unsettled')
    expect(states).toContain('foreign_commits')
    expect(states).toContain('ready_to_rerequest_review')
    expect(states.at(-1)).toBe('done')
    const kinds = (await forge.effects()).filter(({ ok }) => ok).map(({ kind }) => kind)
    expect(kinds.filter((kind) => kind === 'mergePullRequest')).toHaveLength(1)
    const marked = new Set((await forge.effects()).filter(isOwnerMark).map(({ target }) => target))
    expect(marked.size, 'heads of ours that are marked with their owner').toBe(4)
  })

  it('make up for a draft gate that a person went around', async () => {
    const stage = await openStage({ issues: 1 })
    try {
      const seat = await stage.checkout({ reviewer: own('finds-nothing') })
      const { number } = await aPullRequest(seat)
      const id = `{ repository(owner: "acme", name: "ledger") { pullRequest(number: ${number}) { id } } }`
      const { pullRequest } = (await data(stage.forge, id)).repository
      const ready = `mutation { markPullRequestReadyForReview(input: { pullRequestId: "${pullRequest.id}" }) { clientMutationId } }`
      await data(stage.forge, ready)
      await seat.untilChecked(number)
      await seat.cli(`ownership claim --pr ${number} --run-id by-hand`)

      const before = (await seat.cli(`next --pr ${number} --run-id by-hand`)).answer
      expect(before).toMatchObject({ state: 'draft_gate_needed', step: 'reconcile_draft_gate' })
      expect(await seat.cli(before.command.slice(1))).toMatchObject({ exit: 0, answer: { verdict: 'clean' } })
      ran.add(before.step)

      const after = (await seat.cli(`next --pr ${number} --run-id by-hand`)).answer
      expect(STAGES.gates.states.draft_gate_needed.to).toContain(after.state)
    } finally {
      await stage.end()
    }
  })

  it('have been run for every step that a command takes', async () => {
    // Whoever asks about an issue with a pull request is answered for that at once; so these words are made here.
    const target = { host: forge.host, repo: REPO, number: 1, kind: 'issue' } as const
    const words = { target, you: 'by-hand', head: null, issue: null, ownBranch: null, pullRequest: 2 }
    const answered = await cli(commandFor('continue_on_pull_request', words))
    expect(answered).toMatchObject({ ok: true, exit: 0, target: { number: 2, kind: 'pull_request' } })
    ran.add('continue_on_pull_request')
    // Whoever gives a pull request back gives its branch back with it; a branch alone is left by a crash.
    const ownBranch = 'dev-loops/issue-1'
    await cli(`ownership claim --branch ${ownBranch} --run-id by-hand`)
    const released = await cli(commandFor('release_branch', { ...words, ownBranch }))
    expect(released).toMatchObject({ ok: true, exit: 0, status: 'released' })
    ran.add('release_branch')

    expect([...ran].sort()).toEqual([...COMMAND_STEPS].sort())
  })
})
