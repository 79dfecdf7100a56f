/**
 * Lets an agent take a step in the worktree, with git looked at before and after.
 */
import type { Preference } from '../config/schema.ts'
import type { Asked } from '../dispatch/next.ts'
import { type AfterAgent, takeAgentStep } from '../dispatch/run/agent-step.ts'
import { DevLoopsError } from '../errors.ts'
import type { LocalFacts } from '../facts/local.ts'
import { type BeforeAgent, findPushedElsewhere, readBeforeAgent } from '../git/pushed-elsewhere.ts'
import { isAncestor } from '../git/remote.ts'
import type { GitAccess } from '../git/run.ts'
import { updateBranchFromBase } from '../git/update-from-base.ts'
import type { PromptInput } from '../loop/prompt-input.ts'
import { type Asking, openGit } from './asking.ts'
import type { CommandContext } from './define.ts'
import { logFolder } from './running.ts'
import type { TargetWords } from './services.ts'

export interface AgentRunner {
  readonly words: TargetWords
  readonly runId: string
  readonly context: CommandContext
  readonly asking: Asking
  readonly agents: Preference['agents']
}

/** @returns `done`, or what speaks against the agent */
export async function letAgentWork({ decision, input, view }: Asked, runner: AgentRunner): Promise<string> {
  const { context, words, asking, agents, runId } = runner
  const before = input.local
  if (decision.prompt === undefined || before?.worktree == null || view.holder === null) {
    throw new DevLoopsError('precondition_failed', 'an agent was asked for without a prompt, a worktree or a claim')
  }
  const seat = { before, worktree: before.worktree, git: await openGit(before.worktree, context) }
  const prompt = await prepare(decision.prompt, seat)
  if (prompt === null) return 'done'

  const beforeAgent = await readBeforeAgent({ ...seat.git, cwd: seat.worktree, remote: 'origin' })
  return takeAgentStep(
    { prompt, head: decision.facts.head, before },
    {
      acting: {
        target: input.target,
        runId,
        token: view.holder.token,
        ownership: asking.sources.ownership,
        signal: context.signal,
      },
      agents,
      folder: await logFolder(runId, words, input.target, context),
      env: context.env,
      observe: () => observeAfter(seat, beforeAgent, { input, runner }),
      progress: (line, fields) => context.progress(`  ${line}`, fields),
    },
  )
}

interface Seat {
  readonly before: LocalFacts
  readonly worktree: string
  readonly git: GitAccess
}

/**
 * A conflict is given to the agent with the merge begun.
 *
 * @returns `null` when the base could be merged without anybody's help
 */
async function prepare(prompt: PromptInput, { before, worktree, git }: Seat): Promise<PromptInput | null> {
  if (prompt.step !== 'resolve_merge_conflicts') return prompt
  const updated = await updateBranchFromBase({ ...git, worktree, branch: before.branch, base: before.baseRef })
  if (!updated.ok) throw new DevLoopsError(updated.error, updated.message)
  const { value } = updated
  return 'conflicted' in value ? { ...prompt, conflicted: value.conflicted } : null
}

async function observeAfter(
  { before, worktree, git }: Seat,
  beforeAgent: BeforeAgent,
  { input, runner }: { readonly input: Asked['input']; readonly runner: AgentRunner },
): Promise<AfterAgent> {
  const { branch, baseRef: base } = before
  const { target } = input
  const local = await runner.asking.sources.observeLocal({ target, branch, base, remoteHead: null, strayed: [] })
  if (local === null) throw new DevLoopsError('precondition_failed', 'the worktree is gone after the agent ended')
  const known = before.head !== null && local.head !== null
  return {
    local,
    headGrew: known ? await isAncestor(before.head, local.head, { ...git, cwd: worktree }) : null,
    pushedElsewhere: await findPushedElsewhere(beforeAgent, branch, { ...git, cwd: worktree, remote: 'origin' }),
  }
}
