/** Every field of what is observed, over REST beside GraphQL, of pull requests in several lives. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { IssueFacts } from '../../../lib/facts/issue.ts'
import { PullRequestFacts } from '../../../lib/facts/pull-request.ts'
import { demo } from '../../../lib/forge/seeds/demo.ts'
import type { Seed } from '../../../lib/forge/seeds/seed.ts'
import { createClient } from '../../../lib/github/client.ts'
import { observeIssueByAny, observePullRequestByAny } from '../../../lib/github/observe-by-any.ts'
import { aStage, openPull, type Stage } from '../../forge/stage.ts'
import { data, type Loose, rest } from '../../forge/with-forge.ts'
import { type Compared, compareFacts, fieldsOf } from './compare.ts'

interface Pair<Facts> {
  readonly byGraphql: Facts
  readonly byRest: Facts
}

let stage: Stage
let pulls: readonly Pair<PullRequestFacts>[]
let issue: Pair<IssueFacts>

beforeAll(async () => {
  stage = await aStage(guarded)
  const { forge, repositoryId, pull } = stage
  await openPull(stage, repositoryId, 'another')
  const told = { state: 'success', context: 'docs', description: 'Built.', target_url: 'https://docs.example/2' }
  await rest(forge, `POST /repos/${REPO}/statuses/${pull.headRefOid}`, { body: told })
  await data(forge, REQUEST_CHANGES, { id: pull.id }, 'maintainer')
  const open = await both(() => look(2))
  issue = await both(lookAtIssue)
  await rest(forge, `POST /repos/${REPO}/pulls/2/requested_reviewers`, { body: { reviewers: ['mara'] } })
  await change('convertPullRequestToDraft')
  const draft = await both(() => look(2))
  await change('closePullRequest')
  pulls = [open, draft, await both(() => look(2)), await both(() => look(3)), await both(() => look(404))]
}, 60_000)
afterAll(() => stage.end())

/** Of what is not known over REST: the name that `source.unproved` has for it. */
const UNPROVED: Readonly<Record<string, string>> = {
  'pr.reviewDecision': 'review_decision',
  'pr.closingIssues': 'closing_issues',
  'pr.checks.contexts.items[].isRequired': 'required_checks',
  'pr.reviewRequests': 'review_requests',
  'pr.reviewRequestEvents': 'review_requests',
  'pr.threads': 'threads',
  'pr.history': 'commit_history',
}

const UNPROVED_OF_ISSUES: Readonly<Record<string, string>> = {
  'issue.pullRequests': 'closing_pull_requests',
  'issue.branchPullRequests': 'branch_pull_requests',
}

/** Fields that nothing here has a value in: no merge, no assignee, a policy that can be read; and when it was. */
const WITHOUT_VALUE = ['pr.mergedAt', 'issue.assignees.items[]', 'policyFile.reason', 'observedAt']

describe('each field of what is observed', () => {
  it('is over REST what it is over GraphQL, or not known', () => {
    expect([...merged([...pulls, issue]).wrong]).toEqual([])
  })

  it('that is not known is named in unproved, and nothing else is', () => {
    expect(namesOfUnknown(pulls, UNPROVED)).toEqual(sorted(UNPROVED))
    expect(namesOfUnknown([issue], UNPROVED_OF_ISSUES)).toEqual(sorted(UNPROVED_OF_ISSUES))
    const names = pulls.flatMap(({ byRest }) => (byRest.source.via === 'rest' ? byRest.source.unproved : []))
    expect([...new Set(names)].sort()).toEqual([...new Set(Object.values(UNPROVED))].sort())
  })

  it('has a value in one of the pull requests that are compared here', () => {
    expect(uncovered(PullRequestFacts, merged(pulls))).toEqual([])
    expect(uncovered(IssueFacts, merged([issue]))).toEqual([])
  })

  it('would be called wrong if it were another', () => {
    for (const { byGraphql, byRest } of [...pulls, issue]) {
      for (const [path, changed] of changesOf(byRest)) {
        const { wrong } = compareFacts(provable(byGraphql), provable(changed))
        expect([path, wrong.size > 0]).toEqual([path, true])
      }
    }
  })
})

function namesOfUnknown(pairs: readonly Pair<PullRequestFacts | IssueFacts>[], names: typeof UNPROVED): string[] {
  const found = pairs.flatMap(({ byGraphql, byRest }) => {
    const { unknown } = compareFacts(provable(byGraphql), provable(byRest))
    const { source } = byRest
    for (const path of unknown) {
      expect([path, source.via === 'rest' && source.unproved.includes(names[path] ?? '')]).toEqual([path, true])
    }
    return [...unknown]
  })
  return [...new Set(found)].sort()
}

function sorted(names: typeof UNPROVED): string[] {
  return Object.keys(names).sort()
}

function uncovered(schema: typeof PullRequestFacts | typeof IssueFacts, { same, unknown }: Compared): string[] {
  const known = (path: string) => same.has(path) || [...unknown].some((one) => path.startsWith(one))
  return fieldsOf(schema).filter((path) => !known(path) && !path.startsWith('source.') && !WITHOUT_VALUE.includes(path))
}

/** What was seen, without where and when. */
function provable({ source: _, observedAt: __, ...facts }: PullRequestFacts | IssueFacts): Loose {
  return facts
}

/** The same facts with one leaf changed, each in turn. */
function changesOf<Facts extends PullRequestFacts | IssueFacts>(facts: Facts): readonly (readonly [string, Facts])[] {
  const places = leavesOf(provable(facts), [])
  return places.map((place) => {
    const changed = structuredClone(facts)
    const last = place.at(-1) ?? ''
    const holder = place.slice(0, -1).reduce<Loose>((value, key) => value[key], changed)
    holder[last] = otherThan(holder[last])
    return [place.join('.'), changed] as const
  })
}

function leavesOf(value: Loose, place: readonly string[]): readonly (readonly string[])[] {
  if (typeof value === 'object' && value !== null) {
    return Object.keys(value).flatMap((key) => leavesOf(value[key], [...place, key]))
  }
  // What a list that is not whole says of itself is not compared, and nothing is wrong about a change of `null`.
  return value === null || place.at(-1) === 'complete' ? [] : [place]
}

function otherThan(value: Loose): Loose {
  return typeof value === 'number' ? value + 1 : typeof value === 'boolean' ? !value : `${value}?`
}

const REPO = 'acme/parcel-price'
const BRANCH = 'dev-loops/issue-1'
/** Its base wants a review and a check, so that there is a decision, and something that is required. */
const guarded: Seed = {
  ...demo,
  protections: [
    { branch: 'main', requiredChecks: ['check'], strict: false, requiredApprovals: 1, noDirectPush: false },
  ],
}
const REQUEST_CHANGES = `mutation ($id: ID!) {
  addPullRequestReview(input: { pullRequestId: $id, event: REQUEST_CHANGES, body: "Not yet." }) { clientMutationId }
}`

function merged(pairs: readonly Pair<PullRequestFacts | IssueFacts>[]): Compared {
  const all = pairs.map(({ byGraphql, byRest }) => compareFacts(provable(byGraphql), provable(byRest)))
  const of = (kind: keyof Compared) => new Set(all.flatMap((one) => [...one[kind]]))
  return { same: of('same'), unknown: of('unknown'), wrong: of('wrong') }
}

async function both<Facts>(act: () => Promise<Facts>): Promise<Pair<Facts>> {
  const { developer } = stage.forge.logins
  const byGraphql = await act()
  stage.forge.leaveQuota(developer, { remaining: 0 })
  const byRest = await act().finally(() => stage.forge.leaveQuota(developer, { remaining: 5_000 }))
  return { byGraphql, byRest }
}

function change(mutation: string) {
  return data(stage.forge, `mutation ($id: ID!) { ${mutation}(input: { pullRequestId: $id }) { clientMutationId } }`, {
    id: stage.pull.id,
  })
}

function look(number: number) {
  return observePullRequestByAny(client(), target(number), observing())
}

async function lookAtIssue() {
  return (await observeIssueByAny(client(), target(1), { ...observing(), branch: BRANCH })).facts
}

function observing() {
  return { now: () => new Date(0), signal: AbortSignal.timeout(20_000) }
}

function target(number: number) {
  return { host: stage.forge.host, repo: REPO, number }
}

function client() {
  const { graphqlUrl, restUrl, tokens } = stage.forge
  return createClient({ token: tokens.developer, graphqlUrl, restUrl, timeoutMs: 10_000 })
}
