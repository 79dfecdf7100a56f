/**
 * Passes judgement at a gate: a reviewer looks, the verdict is recorded, the commit status is posted.
 *
 * The record is written first and the status last: until then the verdict counts for nothing, so a
 * crash anywhere leads back here. Called again, it posts what is missing and does not ask a second
 * reviewer about a head that was judged.
 */
import type { Policy } from '../../config/schema.ts'
import type { ObservedPullRequest } from '../../facts/pull-request.ts'
import { digestVerdict, type Gate, statusDescription, statusState, verdictFromReview } from '../../gates/verdict.ts'
import type { GitHubClient } from '../../github/client.ts'
import { postStatus } from '../../github/effects/post-status.ts'
import { upsertComment } from '../../github/effects/upsert-comment.ts'
import { gateOfStep } from '../../loop/gate-steps.ts'
import { accept, type Outcome, refuse } from '../../outcome.ts'
import { isBudgeted, spendBudget } from '../../sessions/budgets.ts'
import { announce, settle, withProcess } from '../../sessions/intents.ts'
import { changeWork, type EffectContext, performEffect } from '../../sessions/perform.ts'
import type { VerdictRecord, Work } from '../../sessions/work.ts'
import type { Asked } from '../next.ts'
import { describeVerdict, type Judgement, type JudgeSetting, judge } from './judge.ts'

export interface GateSetting extends Omit<JudgeSetting, 'onStarted'> {
  readonly acting: EffectContext
  readonly client: GitHubClient
  /** A client with the judge's own token, when there is one: its account writes the status. */
  readonly judgeClient: GitHubClient | null
  readonly readLogin: (client: GitHubClient) => Promise<string>
}

export interface GateRun {
  readonly verdict: VerdictRecord
  readonly digest: string
  /** Whether a reviewer was asked, or an earlier verdict on this very head was completed. */
  readonly judged: boolean
  readonly statusPosted: boolean
  readonly commentUrl: string
}

/** @returns a refusal `precondition_failed` when the tables do not ask for this gate now, or one of ownership */
export async function runGate(gate: Gate, asked: Asked, setting: GateSetting): Promise<Outcome<GateRun>> {
  const ready = preconditions(gate, asked)
  if (!ready.ok) return ready
  const { pr, policy, policyDigest } = ready.value

  const earlier = asked.input.work.verdicts[gate]
  const counts = earlier?.head === pr.head.sha && earlier.policyDigest === policyDigest && earlier.verdict !== 'blocked'
  const verdict = counts ? accept(earlier) : await judgeHead({ gate, pr, policy, policyDigest }, asked, setting)
  if (!verdict.ok) return verdict
  return publish(verdict.value, { pr, judged: !counts }, setting)
}

interface Ready {
  readonly pr: ObservedPullRequest
  readonly policy: Policy
  readonly policyDigest: string
}

function preconditions(gate: Gate, { decision, input }: Asked): Outcome<Ready> {
  const { facts, policy, policyDigest } = input
  const pr = facts.kind === 'pull_request' ? facts.pr : null
  if (pr === null) return refuse('target_not_found', 'there is no such pull request')
  if (gateOfStep(decision.step) !== gate) {
    const instead = `the next step is ${decision.step ?? 'none'} (${decision.because.at(-1) ?? 'no rule'})`
    return refuse('precondition_failed', `${gate} is not to be run now: ${instead}`, {
      state: decision.state,
      step: decision.step,
      because: decision.because,
    })
  }
  if (!policy.ok) return policy
  if (policyDigest === null) return refuse('policy_unproved', 'the policy has no digest, so no verdict can name it')
  return accept({ pr, policy: policy.value, policyDigest })
}

async function judgeHead(
  { gate, pr, policy, policyDigest }: Ready & { readonly gate: Gate },
  asked: Asked,
  setting: GateSetting,
): Promise<Outcome<VerdictRecord>> {
  const { acting } = setting
  const key = `judge:${gate}:${pr.head.sha}:${asked.input.work.budgets[asked.decision.step ?? '']?.attempts ?? 0}`
  const announced = await changeWork<'here' | 'elsewhere'>(acting, (work, now) => {
    if (isJudgedElsewhere(work, { gate, key, before: asked.input.work }))
      return { work, entry: null, result: 'elsewhere' }
    const intent = { key, kind: 'judge', level: 'checked' as const, params: { gate, head: pr.head.sha }, deadlineMs: 0 }
    const announcement = announce(work, intent, acting, now)
    return { work: announcement.work, entry: announcement.entry, result: 'here' }
  })
  if (!announced.ok) return announced
  if (announced.value === 'elsewhere') {
    return refuse(
      'precondition_failed',
      `another process of this run judges ${gate} on this head, or just did; ask next`,
    )
  }

  const judgement = await judge(judgeRequest(gate, pr, policy), {
    ...setting,
    onStarted: async (process) => {
      await changeWork(acting, (work) => ({
        work: withProcess(work, key, process),
        entry: { type: 'judge_started', key, pid: process.pid },
        result: null,
      }))
    },
  })
  const verdict = await verdictOf(
    { gate, pr, policy, policyDigest },
    judgement,
    asked.input.facts.repository.viewer,
    setting,
  )
  return changeWork(acting, (work) => {
    const settled = settle(work, key, 'made', { verdict: verdict.verdict, digest: digestVerdict(verdict) })
    const step = asked.decision.step ?? ''
    // Only judgements without a result cost budget: what was found costs that of the repair.
    const failed = verdict.verdict === 'blocked' && isBudgeted(step)
    const counted = failed ? spendBudget(settled.work, step, { head: pr.head.sha, started: true }) : settled.work
    const verdicts = { ...counted.verdicts, [gate]: verdict }
    return { work: { ...counted, verdicts }, entry: { type: 'verdict', verdict }, result: verdict }
  })
}

interface Judging {
  readonly gate: Gate
  readonly key: string
  /** As the decision saw it, which would have been to recover had an intent been open. */
  readonly before: Work
}

/** Two verdicts of one head would be posted over each other, and neither would fit what the other left. */
function isJudgedElsewhere({ intents, verdicts }: Work, { gate, key, before }: Judging): boolean {
  const verdict = digestOf(verdicts[gate])
  const isNewer = verdict !== null && verdict !== digestOf(before.verdicts[gate])
  return isNewer || intents.some((intent) => intent.key === key)
}

function digestOf(verdict: VerdictRecord | null): string | null {
  return verdict === null ? null : digestVerdict(verdict)
}

function judgeRequest(gate: Gate, pr: ObservedPullRequest, policy: Policy) {
  const [issue = null, ...others] = pr.closingIssues.items
  const angles = gate === 'draft_gate' ? policy.gates.draft.angles : policy.gates.preApproval.angles
  return {
    gate,
    branches: [pr.base.branch, pr.head.branch],
    prompt: {
      repo: pr.head.repo ?? '',
      number: pr.number,
      gate,
      base: pr.base.sha,
      head: pr.head.sha,
      angles,
      title: pr.title,
      body: pr.body,
      issue: others.length === 0 ? issue : null,
    },
  }
}

async function verdictOf(
  { gate, pr, policy, policyDigest }: Ready & { readonly gate: Gate },
  { judgeRunId, reading }: Judgement,
  viewer: string,
  { acting, judgeClient, readLogin }: GateSetting,
): Promise<VerdictRecord> {
  const blockOn = gate === 'draft_gate' ? policy.gates.draft.blockOn : policy.gates.preApproval.blockOn
  const { verdict, findings, reason } = verdictFromReview(reading, blockOn)
  const judgeLogin = judgeClient === null ? viewer : await readLogin(judgeClient)
  const { repo } = acting.target
  return {
    gate,
    repo,
    pr: pr.number,
    head: pr.head.sha,
    verdict,
    findings: findings.map((finding) => ({ ...finding, files: [...finding.files] })),
    reason,
    judgeRunId,
    judgeLogin,
    assurance: isIndependent(judgeLogin, viewer, pr) ? 'independent' : 'separate_run',
    policyDigest,
    at: new Date(acting.ownership.store.now().wallMs).toISOString(),
  }
}

/** Independent is an account that neither pushes here nor opened the pull request. */
function isIndependent(judgeLogin: string, ownLogin: string, pr: ObservedPullRequest): boolean {
  const login = judgeLogin.toLowerCase()
  return login !== ownLogin.toLowerCase() && login !== pr.author?.login.toLowerCase()
}

async function publish(
  verdict: VerdictRecord,
  { pr, judged }: { readonly pr: ObservedPullRequest; readonly judged: boolean },
  { acting, client, judgeClient }: GateSetting,
): Promise<Outcome<GateRun>> {
  const body = describeVerdict(verdict, verdict.findings)
  const comment = await performEffect(upsertComment({ subjectId: pr.id, topic: verdict.gate, body }, client), acting)
  if (!comment.ok) return comment
  const status = await performEffect(
    postStatus(
      {
        repo: acting.target.repo,
        sha: verdict.head,
        context: `dev-loops/${verdict.gate}`,
        state: STATUS_STATE[statusState(verdict)],
        description: statusDescription(verdict),
        targetUrl: pr.url,
      },
      judgeClient ?? client,
    ),
    acting,
  )
  if (!status.ok) return status
  return accept({
    verdict,
    digest: digestVerdict(verdict),
    judged,
    statusPosted: status.value.value.posted,
    commentUrl: comment.value.value.url,
  })
}

const STATUS_STATE = {
  SUCCESS: 'success',
  FAILURE: 'failure',
  ERROR: 'error',
} as const satisfies Readonly<Record<ReturnType<typeof statusState>, string>>
