#!/usr/bin/env node
// A gate stands between draft and ready, and between ready and merge; only this command opens one.
import { choice, defineCommand, flag, number, runId, runIfMain, targetOptions } from '../../lib/command/index.ts'

const { repo, stateDir } = targetOptions

export const command = defineCommand({
  name: 'gate run',
  summary: 'Let a fresh reviewer process judge the head of a pull request, and record and post its verdict.',
  details:
    'The reviewer gets no token and works in a checkout of its own. Silence, prose or a crash is a blocked verdict, never a clean one.',
  writes: 'the record of the target, one commit status and one comment on the pull request',
  options: {
    repo,
    pr: number().required().describe('Pull request'),
    gate: choice(['draft_gate', 'pre_approval_gate']).required().describe('Which gate'),
    runId,
    stateDir,
    allowFork: flag().describe('Also judge a pull request from another repository'),
    dryRun: flag().describe('Say which gate would be run on which head, and do nothing'),
  },
  answers: ['judged', 'completed', 'would_run', 'precondition_failed', 'ownership_missing', 'agent_not_configured'],
  output: {
    status: 'judged: a reviewer looked; completed: an earlier verdict on this head was posted; would_run',
    verdict: 'clean, findings_present or blocked',
    reason: 'why it is blocked',
    findings: 'severity, angle, summary, files of each',
    head: 'commit that was judged',
    digest: 'of the record that the status names',
    statusPosted: 'whether the commit status could be written',
  },
  exits: [0, 2, 3, 5, 11],
  examples: ['dev-loops gate run --pr 88 --gate draft_gate --run-id r-7f3a'],
  run: async (options, context) => {
    const { openAsking } = await import('../../lib/command/asking.ts')
    const { openGate } = await import('../../lib/command/running.ts')
    const { openEffects } = await import('../../lib/command/services.ts')
    const { askNext } = await import('../../lib/dispatch/next.ts')
    const { runGate } = await import('../../lib/dispatch/gate/run-gate.ts')
    const acting = await openEffects(options, context)
    const asking = await openAsking({ ...options, purpose: 'effect' }, context)
    const asked = await askNext(asking.target, asking.sources)
    if (options.dryRun) {
      return { ok: true as const, status: 'would_run', gate: options.gate, head: asked.decision.facts.head }
    }
    const ran = await runGate(options.gate, asked, await openGate(asking, acting, options, context))
    if (!ran.ok) return ran
    const { verdict, digest, judged, statusPosted, commentUrl } = ran.value
    return {
      ok: true as const,
      status: judged ? 'judged' : 'completed',
      gate: verdict.gate,
      head: verdict.head,
      verdict: verdict.verdict,
      reason: verdict.reason,
      findings: verdict.findings,
      assurance: verdict.assurance,
      digest,
      statusPosted,
      commentUrl,
      warnings: statusPosted ? [] : ['status_not_permitted'],
    }
  },
  text: (answer) => {
    if (!answer.ok) return answer.message
    if (answer.verdict === undefined) return `would run ${answer.gate} on ${answer.head ?? 'no head'}`
    return `${answer.gate} on ${answer.head}: ${answer.verdict} (${answer.findings.length} findings)`
  },
})

await runIfMain(import.meta.url, command)
