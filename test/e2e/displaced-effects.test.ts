/**
 * What remains open where the receiver cannot compare the owner: a run that is displaced between its last
 * check and its request. Each such effect still gets through once, and its answer says so and names its level.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { planPush } from '../../lib/git/push.ts'
import { pushEffect } from '../../lib/git/push-effect.ts'
import { closeIssue } from '../../lib/github/effects/close-issue.ts'
import { markReady } from '../../lib/github/effects/mark-ready.ts'
import { mergePullRequest } from '../../lib/github/effects/merge-pull-request.ts'
import { ownerStatus } from '../../lib/github/effects/owner-status.ts'
import { postStatus } from '../../lib/github/effects/post-status.ts'
import { replyToThread } from '../../lib/github/effects/reply-to-thread.ts'
import { requestReview } from '../../lib/github/effects/request-review.ts'
import { resolveThread } from '../../lib/github/effects/resolve-thread.ts'
import { upsertComment } from '../../lib/github/effects/upsert-comment.ts'
import { observePullRequest } from '../../lib/github/observe-pull-request.ts'
import { readHostIdentity } from '../../lib/ownership/host.ts'
import { claimTarget, type OwnershipContext, releaseTarget } from '../../lib/ownership/service.ts'
import type { Effect } from '../../lib/sessions/effect.ts'
import { performEffect } from '../../lib/sessions/perform.ts'
import { openStore } from '../../lib/store/open.ts'
import type { Json } from '../../lib/store/store.ts'
import { page } from '../docs/markdown.ts'
import { until } from '../forge/with-forge.ts'
import { BRANCH, draft, type OnForge, onForge, REPO } from '../github/on-forge.ts'

let at: OnForge
let folder: string
let ownership: OwnershipContext
let head: string
let number: number

beforeAll(async () => {
  at = await onForge()
  folder = await mkdtemp(join(tmpdir(), 'dev-loops-displaced-'))
  ownership = { store: openStore({ folder, scope: 'clone' }), host: readHostIdentity() }
})

afterAll(async () => {
  await at.end()
  await rm(folder, { recursive: true, force: true })
})

interface Window {
  readonly kind: string
  /** The write as the forge's log names it. */
  readonly write: string
  effect(): Promise<Effect<Json>>
}

/** One pull request goes its way, so the order matters. */
const WINDOWS: readonly Window[] = [
  { kind: 'git_push', write: `git push refs/heads/${BRANCH}`, effect: push },
  { kind: 'create_pull_request', write: 'createPullRequest', effect: async () => draft(at.client) },
  {
    kind: 'post_status',
    write: 'POST statuses',
    effect: async () => {
      const status = { context: 'dev-loops/x', state: 'success', description: 'x', targetUrl: null } as const
      return postStatus({ repo: REPO, sha: head, ...status }, at.client)
    },
  },
  {
    kind: 'owner_status',
    write: 'POST statuses',
    effect: async () => {
      const owner = { runId: 'displaced', token: 1, host: readHostIdentity() }
      return ownerStatus({ repo: REPO, head, owner }, at.client)
    },
  },
  {
    kind: 'upsert_comment',
    write: 'addComment',
    effect: async () => {
      return upsertComment({ subjectId: (await observe()).id, topic: 'gate:draft_gate', body: 'clean' }, at.client)
    },
  },
  {
    kind: 'mark_ready',
    write: 'markPullRequestReadyForReview',
    effect: async () => markReady({ repo: REPO, number, head }, at.client),
  },
  {
    kind: 'request_review',
    write: 'POST requested_reviewers',
    effect: async () => {
      return requestReview({ repo: REPO, number, head, reviewer: 'copilot', askedBefore: null }, at.client)
    },
  },
  {
    kind: 'reply_to_thread',
    write: 'addPullRequestReviewThreadReply',
    effect: async () => {
      return replyToThread({ repo: REPO, number, threadId: await aThread(), head, body: 'Done.' }, at.client)
    },
  },
  {
    kind: 'resolve_thread',
    write: 'resolveReviewThread',
    effect: async () => resolveThread({ repo: REPO, number, threadId: await aThread() }, at.client),
  },
  { kind: 'close_issue', write: 'closeIssue', effect: async () => closeIssue({ repo: REPO, number: 1 }, at.client) },
  {
    kind: 'merge_pull_request',
    write: 'mergePullRequest',
    effect: async () => {
      await until('mergeability', async () => (await observe()).mergeable === 'MERGEABLE')
      return mergePullRequest({ repo: REPO, number, head, method: 'squash' }, at.client)
    },
  },
]

/** The levels that are promised, by kind; fenced ones leave nothing open. */
function promised(): ReadonlyMap<string, string> {
  const rows = page('docs/safety.md').text.matchAll(/^\| `(\w+)`[^|]* \| (pinned|checked) \|/gm)
  return new Map([...rows].map(([, kind = '', level = '']) => [kind, level]))
}

describe('a run displaced right after its last check', () => {
  it('is looked at for every effect that is not fenced', () => {
    expect(WINDOWS.map(({ kind }) => kind).sort()).toEqual([...promised().keys()].sort())
  })

  it.each(WINDOWS)(
    'still makes $kind once, and is told what got through at which level',
    async ({ kind, write, effect }) => {
      const made = await effect()
      const before = await at.received(write)

      const outcome = await performWhileDisplaced(made)

      const level = promised().get(kind)
      expect(made).toMatchObject({ kind, level })
      expect(outcome).toMatchObject({
        ok: false,
        error: 'ownership_lost',
        effect: { kind, key: made.key, action: 'made', level },
      })
      expect((await at.received(write)) - before).toBe(1)
      await learnNumber(kind)
    },
  )
})

async function performWhileDisplaced(effect: Effect<Json>) {
  const target = { host: at.forge.host, repo: REPO, number: 1 }
  const claimed = await claimTarget(target, { runId: 'displaced', mode: 'claim' }, ownership)
  const late: Effect<Json> = {
    ...effect,
    async act(signal) {
      const force = { mode: 'takeover', force: true, reason: 'the machine is silent' } as const
      expect(await claimTarget(target, { runId: 'successor', ...force }, ownership)).toMatchObject({ ok: true })
      return effect.act(signal)
    },
  }
  const { signal } = new AbortController()
  const context = { target, runId: 'displaced', token: claimed.token, ownership, signal }
  try {
    return await performEffect(late, context)
  } finally {
    await releaseTarget(target, { runId: 'successor' }, ownership)
  }
}

async function push(): Promise<Effect<Json>> {
  head = await at.clone.commit({ 'src/price.js': 'export const price = () => 499\n' }, 'Change the price')
  const request = {
    worktree: at.clone.dir,
    branch: BRANCH,
    base: 'main',
    expectedRemoteHead: null,
    protectedBranches: [],
  }
  const plan = await planPush(request)
  if (!plan.ok) throw new Error(plan.message)
  return pushEffect(plan.value, request, { level: 'pinned', reason: 'records_not_in_git' })
}

async function learnNumber(kind: string): Promise<void> {
  if (kind !== 'create_pull_request') return
  const signal = AbortSignal.timeout(20_000)
  number = (await draft(at.client).find(signal))?.number ?? 0
}

async function observe() {
  const target = { host: at.forge.host, repo: REPO, number }
  const { pr } = await observePullRequest(at.client, target, { now: () => new Date() })
  if (pr === null) throw new Error('no pull request')
  return pr
}

async function aThread(): Promise<string> {
  return until('a thread of the reviewer', async () => (await observe()).threads.items[0]?.id)
}
