/**
 * What the hook tells whoever pushed. In a hook nobody reads the answer on stdout, and a push that may pass is
 * no news, so only what blocks it is said, on stderr.
 */
import type { Because, RefVerdict } from '../../git/hooks/decide.ts'
import { parsePushedRefs } from '../../git/hooks/pushed-refs.ts'
import { type Answer, refuse } from '../../outcome.ts'
import type { CommandContext } from '../define.ts'
import { type JudgedPush, judgePush, type PushWords } from './judge-push.ts'

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

type PushAnswer = Answer<PushFields, Pick<PushFields, 'repo' | 'refs'>>

export async function answerHook(words: PushWords, context: CommandContext): Promise<PushAnswer> {
  const tell = (message: string) => {
    if (context.env.DEV_LOOPS_PUSH_URL !== undefined) context.progress(`dev-loops: ${message}`)
  }
  try {
    const answer = answerPush(await judgePush(parsePushedRefs(await context.readStdin()), words, context))
    if (!answer.ok) tell(answer.message)
    return answer
  } catch (error) {
    tell(`${error instanceof Error ? error.message : String(error)}; so the push is blocked`)
    throw error
  }
}

function answerPush({ repo, verdicts }: JudgedPush): PushAnswer {
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
