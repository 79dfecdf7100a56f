/**
 * A decision as `next` prints it: the prompt as text, the exit code of its actor, one line for people.
 *
 * Whoever reads a prompt here takes the step with their own hands: nobody started them in the worktree,
 * gave them a file for their report, or pushes once they have ended. So it begins by saying what stands
 * in for each of these.
 */
import { EXIT, type ExitCode } from '../codes.ts'
import { describeSource, type ToldSource, tellSource } from '../facts/source.ts'
import type { DecidedWait, Decision, DecisionActor } from '../loop/decision.ts'
import type { PromptInput } from '../loop/prompt-input.ts'
import { sayMissing } from '../loop/words/missing.ts'
import { sayTask } from '../loop/words/steps.ts'
import { formatTarget } from '../target.ts'
import { quoteData } from './agent/fence.ts'
import { buildPrompt } from './agent/prompt.ts'
import type { AskedBlind } from './ask-or-wait.ts'
import type { Asked } from './next.ts'

/** Without a source when GitHub could not be asked at all. */
export type NextAnswer = Omit<Decision, 'prompt'> & Partial<ToldSource> & { readonly prompt?: string }

const EXIT_OF: Readonly<Record<DecisionActor, ExitCode>> = {
  command: EXIT.done,
  agent: EXIT.done,
  done: EXIT.done,
  wait: EXIT.waiting,
  human: EXIT.human,
  stop: EXIT.stopped,
}

export function answerOf(asked: Pick<Asked, 'decision' | 'input'> | AskedBlind): NextAnswer {
  const { prompt, ...decided } = asked.decision
  if (!('input' in asked)) return decided
  const { input } = asked
  const rest = { ...decided, ...tellSource(input.facts.source) }
  if (prompt === undefined) return rest
  const worktree = input.local?.worktree ?? null
  return { ...rest, prompt: `${byHand(prompt, { worktree, you: input.you })}\n\n${buildPrompt(prompt)}` }
}

interface Hand {
  readonly worktree: string | null
  readonly you: string | null
}

function byHand({ step, target }: PromptInput, { worktree, you }: Hand): string {
  const kind = target.kind === 'pull_request' ? '--pr' : '--issue'
  const words = ['--repo', target.repo, kind, String(target.number)]
  const by = you === null ? [] : ['--run-id', you]
  const reply = ['dev-loops threads reply', ...words, '--thread <id>', ...by].join(' ')
  const answers = `Once you have committed, answer each thread, text on stdin: ${reply}`
  return [
    'You take this step yourself, so where the text below differs, this holds:',
    `- The current folder is ${worktree === null ? 'the worktree of the branch' : quoteData(worktree)}; go there.`,
    '- $DEV_LOOPS_RESULT is not set: skip that report.',
    ...(step === 'address_review_feedback' ? [`- ${answers}`] : []),
    '- Nobody pushes for you: the command to push comes from the next question.',
    `- Then leave that folder, which is removed in the end, and ask it: ${['dev-loops next', ...words, ...by].join(' ')}`,
  ].join('\n')
}

/** 3 while another run holds the target, else by who acts. */
export function exitOf({ actor, ownership }: Pick<Decision, 'actor' | 'ownership'>): ExitCode {
  if (actor === 'wait' && ownership.holder !== null && ownership.holder !== ownership.you) return EXIT.refused
  return EXIT_OF[actor]
}

/** `checks_failed  fix_checks, by agent (copilot/checks-failed)` and what to do about it. */
export function describeDecision(decision: NextAnswer): string {
  const rule = decision.because.at(-1) ?? 'no rule'
  const lines = [`${formatTarget(decision.target)}  ${decision.state}  (${rule})`]
  if (decision.step !== null) lines.push(`next  ${sayNext(decision.step, decision.actor)}`)
  if (decision.command !== undefined) lines.push(`run   ${decision.command.join(' ')}`)
  if (decision.wait !== undefined) lines.push(...describeWait(decision.wait))
  if (decision.prompt !== undefined) lines.push('', decision.prompt)
  lines.push(...decision.missing.map((code) => `missing: ${sayMissing(code)}`))
  lines.push(...listEvidence('evidence: ', decision))
  lines.push(...describeSource(decision))
  return lines.join('\n')
}

/** What the state says already is none. */
export function listEvidence(
  label: string,
  { state, evidence }: Pick<Decision, 'state' | 'evidence'>,
): readonly string[] {
  const telling = evidence.filter((one) => one !== state)
  return telling.length === 0 ? [] : [`${label}${telling.join(', ')}`]
}

/** A step of a person, or of nobody any more, has neither a command nor a prompt that would say what to do. */
function sayNext(step: string, actor: DecisionActor): string {
  const task = actor === 'human' || actor === 'stop' ? sayTask(step) : null
  return `${step}, by ${actor}${task === null ? '' : `: ${task}`}`
}

function describeWait({ endsWhen, untilMs, pollMs, afterwards }: DecidedWait): readonly string[] {
  const { step, actor } = afterwards
  const end = new Date(untilMs).toISOString()
  return [
    `until ${endsWhen}; at ${end} at the latest, then ${step === null ? actor : `${step}, by ${actor}`}`,
    `again in ${Math.ceil(pollMs / 1000)} s`,
  ]
}

/** One line of progress: target, state, next step, who takes it, and the rule that said so. */
export function describeTurn({ target, state, step, actor, because }: Decision): string {
  const next = step === null ? actor : `${step}, by ${actor}`
  return `${formatTarget(target)}  ${state} -> ${next}  (${because.at(-1) ?? 'no rule'})`
}
