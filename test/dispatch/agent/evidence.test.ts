import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type Claim, claimedVersusFacts } from '../../../lib/dispatch/agent/evidence.ts'
import { parseAgentResult } from '../../../lib/dispatch/agent/results.ts'
import { unknownLocalFacts } from '../../../lib/facts/local.ts'
import { createWorktree } from '../../../lib/git/create-worktree.ts'
import { readLocalFacts } from '../../../lib/git/local-facts.ts'
import { findPushedElsewhere, readBeforeAgent } from '../../../lib/git/pushed-elsewhere.ts'
import { isAncestor } from '../../../lib/git/remote.ts'
import { aWorld, commit, git, strangerPushes } from '../../git/support.ts'
import { runAgent } from './support.ts'

const BRANCH = 'dev-loops/issue-12'

/** Lets an agent loose on a real worktree, and judges it by what git says. */
async function judge(agent: string, timeLimitMs = 30_000) {
  const world = aWorld()
  const path = join(world.worktrees, 'issue-12')
  const made = await createWorktree({ repoDir: world.checkout, branch: BRANCH, base: 'main', runId: 'r-1', path })
  if (!made.ok) throw new Error(made.message)
  const remote = { cwd: path, remote: 'origin' }
  const read = () =>
    readLocalFacts({ repoDir: world.checkout, worktree: path, branch: BRANCH, base: 'main', fresh: true })

  const [before, beforeAgent] = [await read(), await readBeforeAgent(remote)]
  const run = await runAgent(agent, path, { timeLimitMs })
  const [after, pushedElsewhere] = [await read(), await findPushedElsewhere(beforeAgent, BRANCH, remote)]
  const headGrew = before.head && after.head ? await isAncestor(before.head, after.head, { cwd: path }) : null
  const parsed = parseAgentResult(run.result)
  const result = parsed.ok ? parsed.value : null
  return claimedVersusFacts({ step: 'implement', before, after, run, result, headGrew, pushedElsewhere })
}

describe('claimedVersusFacts', () => {
  it('takes a commit on the branch for progress', async () => {
    expect(await judge('commits-without-push')).toEqual({ progress: true, evidence: [] })
  })

  it.each([
    ['does-nothing', ['no_commit']],
    ['claims-without-commit', ['no_commit', 'claimed_without_commit']],
    ['leaves-changes', ['no_commit', 'uncommitted_work']],
    ['commits-on-another-branch', ['wrong_branch', 'no_commit']],
    ['exits-nonzero', ['exit_nonzero', 'no_commit']],
    ['rewrites-history', ['history_rewritten']],
    ['pushes-elsewhere', ['pushed_elsewhere']],
  ])('does not take %s for progress', async (agent, evidence) => {
    expect(await judge(agent)).toEqual({ progress: false, evidence })
  })

  it('does not take an agent that never ends for progress', async () => {
    expect(await judge('never-ends', 800)).toEqual({ progress: false, evidence: ['timed_out', 'no_commit'] })
  })

  describe('by facts alone', () => {
    const known = { ...unknownLocalFacts(BRANCH, 'main'), checkedOut: BRANCH, dirty: false, untracked: 0 }
    const claim: Claim = {
      step: 'implement',
      before: { ...known, head: 'a' },
      after: { ...known, head: 'b' },
      run: { exit: 0, timedOut: false },
      result: null,
      headGrew: true,
      pushedElsewhere: null,
    }

    it('never calls the unknown progress', () => {
      expect(claimedVersusFacts(claim).progress).toBe(true)
      for (const hidden of [
        { before: { ...claim.before, head: null } },
        { after: { ...claim.after, head: null } },
        { after: { ...claim.after, dirty: null } },
        { headGrew: null },
      ]) {
        expect(claimedVersusFacts({ ...claim, ...hidden }), JSON.stringify(hidden)).toMatchObject({ progress: false })
      }
    })

    it('takes answers for the work where remarks were to be answered, and nowhere else', () => {
      const result = { schema: 1 as const, summary: '', answers: [{ thread: 't', body: 'As intended.' }] }
      const answered = { ...claim, after: claim.before, result }
      expect(claimedVersusFacts({ ...answered, step: 'address_review_feedback' }).progress).toBe(true)
      expect(claimedVersusFacts(answered).progress).toBe(false)
    })

    it('takes a tidied worktree for the work where changes were to be committed', () => {
      expect(claimedVersusFacts({ ...claim, step: 'commit_work', after: claim.before }).progress).toBe(true)
    })

    it('stops at a commit that undoes what somebody else did', () => {
      const after = { ...claim.after, revertsForeign: true }
      expect(claimedVersusFacts({ ...claim, after })).toEqual({ progress: false, evidence: ['reverts_foreign'] })
    })
  })
})

describe('findPushedElsewhere', () => {
  it('does not blame the agent for what others push meanwhile, out of the same clone or into its own history', async () => {
    const world = aWorld()
    const path = join(world.worktrees, 'issue-12')
    await createWorktree({ repoDir: world.checkout, branch: BRANCH, base: 'main', runId: 'r-1', path })
    const remote = { cwd: path, remote: 'origin' }
    const before = await readBeforeAgent(remote)

    git(world.checkout, 'switch', '--quiet', '--create', 'by-a-person')
    commit(world.checkout, { 'notes.txt': 'a person at work\n' })
    git(world.checkout, 'push', '--quiet', 'origin', 'by-a-person')
    git(world.checkout, 'switch', '--quiet', 'main')
    strangerPushes(world, 'main', { 'notes.txt': 'base moved\n' })
    git(path, 'pull', '--quiet', '--ff-only', 'origin', 'main')
    commit(path, { 'app.txt': 'ours\n' })

    expect(await findPushedElsewhere(before, BRANCH, remote)).toEqual([])
  })
})
