/** What the hook tells whoever pushed: pure. */
import type { Because, RefVerdict } from '../../git/hooks/decide.ts'
import { type Answer, refuse } from '../../outcome.ts'
import type { JudgedPush } from './judge-push.ts'

interface ShownRef {
  readonly ref: string
  readonly allowed: boolean
  readonly because: Because
  readonly holder: string | null
  readonly token: number | null
}

interface PushFields {
  readonly status: 'allowed'
  readonly repo: string | null
  readonly refs: readonly ShownRef[]
}

export function answerPush({ repo, verdicts }: JudgedPush): Answer<PushFields, Pick<PushFields, 'repo' | 'refs'>> {
  const refs = verdicts.map(show)
  const blocked = verdicts.filter(({ allowed }) => !allowed)
  if (blocked.length === 0) return { ok: true, status: 'allowed', repo, refs }
  return refuse('active_run_exists', blocked.map((verdict) => explain(verdict, repo)).join('\n'), { repo, refs })
}

function show({ ref, allowed, because, claim }: RefVerdict): ShownRef {
  return { ref, allowed, because, holder: claim?.runId ?? null, token: claim?.token ?? null }
}

function explain({ ref, branch, because, claim }: RefVerdict, repo: string | null): string {
  if (because === 'record_deletion') return `${ref} is a record of dev-loops; nothing was pushed, leave it out`
  if (claim === null) return `who holds ${ref} could not be looked up; nothing was pushed`
  const held = `run ${claim.runId} holds ${repo}@${branch} (token ${claim.token}), so nothing was pushed`
  if (because === 'held_deletion') return `${held}: its branch is not deleted while it is held`
  if (because === 'record_stale') return `${held}: its record changed meanwhile, read it again`
  return `${held}; that run pushes with "dev-loops git push --run-id ${claim.runId}", everybody else waits or takes over`
}
