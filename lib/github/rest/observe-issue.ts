/**
 * Everything about one issue that REST can tell. Which pull requests would close it stands in GraphQL
 * alone, so that list is never whole here; those on the branch of its work are found.
 */
import type { IssueFacts } from '../../facts/issue.ts'
import { restPath } from '../repository.ts'
import { RestIssue, RestOpenPull } from './answers.ts'
import { type RestObserving, readRepository, underItsName } from './observe-pull-request.ts'
import { readTip } from './policy.ts'
import { listedFrom, readIfThere, readList, readRest } from './read.ts'
import { accountFrom, openPullFrom } from './translate.ts'

/** @param branch that the issue's work is done on */
export async function observeIssueByRest(branch: string, asked: RestObserving): Promise<IssueFacts> {
  const { repository, viewerKnown } = await readRepository(asked)
  const observing = underItsName(asked, repository)
  const { target, now, wholeAt } = observing
  const root = restPath(target.repo)
  const tip = await readTip(root, repository.defaultBranch ?? 'HEAD', observing)
  const raw = await readIfThere(readRest(`${root}/issues/${target.number}`, RestIssue, observing))
  const issue = raw === null || raw.pull_request !== undefined ? null : issueFrom(raw)
  const pulls = issue === null ? [] : await pullsOf(branch, observing)
  const links = issue === null ? [] : ['closing_pull_requests', 'branch_pull_requests']
  const unproved = [...(viewerKnown ? [] : ['viewer']), ...links]
  return {
    schema: 1,
    kind: 'issue',
    source: { via: 'rest', unproved, wholeAt },
    observedAt: now().toISOString(),
    repository,
    policyFile: tip.policyFile,
    baseSha: tip.sha,
    issue: issue && { ...issue, branchPullRequests: { items: pulls, total: null, complete: false } },
  }
}

function issueFrom(raw: RestIssue) {
  const labels = raw.labels.flatMap((label) => (typeof label === 'string' ? label : (label.name ?? [])))
  return {
    id: raw.node_id,
    number: raw.number,
    url: raw.html_url,
    title: raw.title,
    body: raw.body ?? '',
    state: raw.state === 'open' ? ('OPEN' as const) : ('CLOSED' as const),
    author: accountFrom(raw.user),
    assignees: whole((raw.assignees ?? []).flatMap((assignee) => accountFrom(assignee)?.login ?? [])),
    labels: whole(labels),
    pullRequests: { items: [], total: null, complete: false },
  }
}

function whole(items: string[]) {
  return { items, total: items.length, complete: true }
}

/** Of the repository's own branch: GitHub asks for the owner too, so those of forks are not found. */
async function pullsOf(branch: string, observing: RestObserving) {
  const owner = observing.target.repo.split('/')[0] ?? ''
  const path = `${restPath(observing.target.repo)}/pulls?state=open&head=${encodeURIComponent(`${owner}:${branch}`)}`
  return listedFrom(await readList(path, RestOpenPull, observing), openPullFrom).items
}
