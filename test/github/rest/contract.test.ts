/**
 * Our shapes of REST, and those that the forge answers with, beside GitHub's published description.
 *
 * Both are proved by the compiler: an answer as GitHub describes it fits what we read, and what the forge
 * writes has no field that GitHub's has not, and none of another type. What remains for a run is that each
 * route of the forge really answers so.
 */

import type { components } from '@octokit/openapi-types'
import { expect, it } from 'vitest'
import type { z } from 'zod'
import type * as shapes from '../../../lib/forge/rest/shapes.ts'
import type * as rest from '../../../lib/github/rest/answers.ts'

type Published = components['schemas']

/** `true` when everything that GitHub may answer is something that we can read. */
type Reads<Schema extends z.ZodType, Answer> = Numbers<Answer> extends z.input<Schema> ? true : never

/** Ids are described as possibly too large for a number; none of those that we read is. */
type Numbers<Value> = Value extends bigint
  ? never
  : Value extends readonly (infer Item)[]
    ? Numbers<Item>[]
    : Value extends object
      ? { [Key in keyof Value]: Numbers<Value[Key]> }
      : Value

const OURS: {
  viewer: Reads<typeof rest.RestViewer, Published['private-user']>
  repository: Reads<typeof rest.RestRepository, Published['full-repository']>
  pull: Reads<typeof rest.RestPull, Published['pull-request']>
  openPull: Reads<typeof rest.RestOpenPull, Published['pull-request-simple']>
  review: Reads<typeof rest.RestReview, Published['pull-request-review']>
  reviewComment: Reads<typeof rest.RestReviewComment, Published['pull-request-review-comment']>
  comment: Reads<typeof rest.RestComment, Published['issue-comment']>
  event: Reads<typeof rest.RestEvent, Published['issue-event']>
  file: Reads<typeof rest.RestFile, Published['diff-entry']>
  checkRuns: Reads<typeof rest.RestCheckRuns, { total_count: number; check_runs: Published['check-run'][] }>
  checkSuites: Reads<typeof rest.RestCheckSuites, { total_count: number; check_suites: Published['check-suite'][] }>
  status: Reads<typeof rest.RestStatus, Published['status']>
  commit: Reads<typeof rest.RestCommit, Published['commit']>
  branch: Reads<typeof rest.RestBranch, Published['branch-with-protection']>
  tree: Reads<typeof rest.RestTree, Published['git-tree']>
  blob: Reads<typeof rest.RestBlob, Published['blob']>
  issue: Reads<typeof rest.RestIssue, Published['issue']>
} = {
  viewer: true,
  repository: true,
  pull: true,
  openPull: true,
  review: true,
  reviewComment: true,
  comment: true,
  event: true,
  file: true,
  checkRuns: true,
  checkSuites: true,
  status: true,
  commit: true,
  branch: true,
  tree: true,
  blob: true,
  issue: true,
}

/**
 * The paths at which something differs; `never` when all of it could be GitHub's. GitHub describes accounts
 * and forks as always there, and answers `null` for those that are gone, so `null` is no difference.
 */
type Differs<Written, Described, Path extends string = ''> = Written extends null
  ? never
  : Written extends readonly (infer Item)[]
    ? NonNullable<Described> extends readonly (infer Other)[]
      ? Differs<Item, Other, `${Path}[]`>
      : Path
    : Written extends object
      ? Extract<Described, object> extends infer Other extends object
        ? {
            [Key in keyof Written & string]: Key extends keyof Other
              ? Differs<Written[Key], Other[Key], `${Path}.${Key}`>
              : `${Path}.${Key} is unknown`
          }[keyof Written & string]
        : Path
      : Written extends Described
        ? never
        : Path

type Writes<Shape extends (...args: never[]) => unknown, Answer> = [Differs<ReturnType<Shape>, Answer>] extends [never]
  ? true
  : Differs<ReturnType<Shape>, Answer>

const THE_FORGES: {
  account: Writes<typeof shapes.accountJson, Published['simple-user']>
  pull: Writes<typeof shapes.pullJson, Published['pull-request']>
  status: Writes<typeof shapes.statusJson, Published['status']>
  labels: Writes<typeof shapes.labelsJson, Published['label'][]>
  file: Writes<typeof shapes.fileJson, Published['diff-entry']>
  checkRun: Writes<typeof shapes.checkRunJson, Published['check-run']>
  checkSuite: Writes<typeof shapes.checkSuiteJson, Published['check-suite']>
  commit: Writes<typeof shapes.commitJson, Published['commit']>
} = {
  account: true,
  pull: true,
  status: true,
  labels: true,
  file: true,
  checkRun: true,
  checkSuite: true,
  commit: true,
}

it("every shape of REST is GitHub's own, as far as the compiler can tell", () => {
  expect(Object.values({ ...OURS, ...THE_FORGES }).every(Boolean)).toBe(true)
})
