/**
 * What was not known or not given, for people: `missing` holds codes.
 */
const NAMED: Readonly<Record<string, string>> = {
  run_id: 'the id of your run: give --run-id, or set DEV_LOOPS_RUN_ID',
  pull_request: 'a pull request of this number; an issue is asked for with --issue',
  pull_requests: 'whether it has a pull request',
  issue: 'an issue of this number',
  policy: 'a policy that can be read',
  end_of_claim: 'when the claim that stands in the way ends',
  comments: 'what people wrote',
  threads: 'review threads',
  review_requests: 'who was asked for a review',
  reviews: 'reviews',
  checks: 'checks of the head',
  'checks: not_permitted': 'checks of the head, which this token may not read',
  acceptance_criteria: 'a checklist that says when it is done',
  mergeability: 'whether it can be merged',
  closing_issues: 'which issue it closes',
  github: 'anything from GitHub, whose quotas are spent',
  local: 'what git says here',
  remoteHead: 'the remote’s branch',
}

/** Of what follows a colon. */
const AFTER: Readonly<Record<string, string>> = {
  acknowledgement: 'your word that this was read (dev-loops pr acknowledge):',
  draft_gate: 'a passed draft gate on this commit:',
  pre_approval_gate: 'a passed last gate on this commit:',
}

/** `threads` as `review threads`; what has no words of its own as it is, with spaces. */
export function sayMissing(code: string): string {
  const named = NAMED[code]
  if (named !== undefined) return named
  const [, head = '', rest = ''] = /^(\w+): (.*)$/s.exec(code) ?? []
  const words = AFTER[head]
  if (words === undefined) return code.replaceAll('_', ' ')
  return `${words} ${head === 'acknowledgement' ? rest : rest.replaceAll('_', ' ')}`
}
