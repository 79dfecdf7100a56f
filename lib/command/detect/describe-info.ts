/** `info` for people: who and what, where it stands, what comes next. */

import { describeSource } from '../../facts/source.ts'
import type { Info, PullRequestInfo } from '../../loop/routing/info.ts'
import { sayMissing } from '../../loop/words/missing.ts'

type Linked = NonNullable<Extract<Info, { kind: 'issue' }>['linkedPr']>

export function describeInfo(info: Info): string {
  if (info.kind === 'pr') return [...pullRequestLines(info), ...describeSource(info)].join('\n')
  const { issue, startup, linkedPr } = info
  const people = issue.assignees.length === 0 ? 'nobody' : issue.assignees.join(', ')
  return [
    `#${issue.number}  ${issue.state.toLowerCase()}  ${oneLine(issue.title)}`,
    `assigned to ${people}`,
    `way on  ${startup.selectedStrategy}  (${startup.because.join(', ')})`,
    startup.nextAction,
    ...startup.warnings,
    ...(linkedPr === null ? [] : pullRequestLines(linkedPr)),
    ...describeSource(info),
  ].join('\n')
}

function pullRequestLines({ pr, handoff }: Linked): readonly string[] {
  const { facts, missing, owner } = handoff
  const threads = facts.unresolvedThreads ?? 'unknown'
  const rounds = facts.reviewRounds ?? 'unknown'
  return [
    `#${pr.number}  ${lifeOf(pr)}  ${oneLine(pr.title)}`,
    `${pr.headBranch} at ${pr.headSha.slice(0, 7)}, checks ${facts.ci ?? 'unknown'}, unresolved threads ${threads}, review rounds ${rounds}`,
    `held by ${owner ?? 'nobody'}`,
    `state  ${handoff.state}  (${handoff.because.join(', ')})`,
    `next   ${handoff.nextAction === null ? 'nothing' : `${handoff.nextAction}, by ${handoff.by}`}`,
    ...missing.map((code) => `missing: ${sayMissing(code)}`),
  ]
}

function lifeOf({ state, isDraft }: PullRequestInfo): string {
  return state === 'OPEN' && isDraft ? 'draft' : state.toLowerCase()
}

/** Titles are written by others; a terminal must not obey them. */
function oneLine(title: string): string {
  return title.replace(/\p{C}+/gu, ' ').trim()
}
