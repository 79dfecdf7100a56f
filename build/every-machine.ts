/**
 * Every state machine there is, in the order in which the docs show them: one list, so that none is left out
 * of the docs, the enumeration or the bench.
 */
import type { AnyMachine } from '../lib/loop/machine.ts'
import { attempt } from '../lib/loop/machines/attempt.ts'
import { bootstrap } from '../lib/loop/machines/bootstrap.ts'
import { ci } from '../lib/loop/machines/ci.ts'
import { cleanup } from '../lib/loop/machines/cleanup.ts'
import { issue } from '../lib/loop/machines/issue.ts'
import { lifecycle } from '../lib/loop/machines/lifecycle.ts'
import { local } from '../lib/loop/machines/local.ts'
import { outer } from '../lib/loop/machines/outer.ts'
import { ownership } from '../lib/loop/machines/ownership.ts'
import { policy } from '../lib/loop/machines/policy.ts'
import { pullRequest } from '../lib/loop/machines/pull-request.ts'
import { recovery } from '../lib/loop/machines/recovery.ts'
import { review } from '../lib/loop/machines/review.ts'
import { reviewer } from '../lib/loop/machines/reviewer.ts'
import { routing } from '../lib/loop/machines/routing.ts'
import { routingRequest } from '../lib/loop/machines/routing-request.ts'
import { startup } from '../lib/loop/machines/startup.ts'
import { stuck } from '../lib/loop/machines/stuck.ts'
import { tracker } from '../lib/loop/machines/tracker.ts'
import { trackerPullRequest } from '../lib/loop/machines/tracker-pull-request.ts'
import { waiting } from '../lib/loop/machines/waiting.ts'

export const EVERY_MACHINE: readonly AnyMachine[] = [
  ownership,
  recovery,
  policy,
  local,
  issue,
  ci,
  review,
  pullRequest,
  cleanup,
  attempt,
  bootstrap,
  stuck,
  waiting,
  tracker,
  trackerPullRequest,
  reviewer,
  routingRequest,
  routing,
  startup,
  outer,
  lifecycle,
]
