/**
 * What a client sees of a misbehaviour: the answer that comes instead of the work, and the answer that is
 * spoilt after the work was done.
 */
import { type Answer, jsonAnswer, parseJson } from './http.ts'
import type { Misbehaviour } from './misbehave.ts'

/** Failures in which nothing is done at all. */
export function answerInstead(rule: Misbehaviour): Answer | null {
  const html = { 'content-type': 'text/html; charset=utf-8' }
  if (rule.do === 'bad_gateway') return { status: 502, headers: html, body: '<html><body>Bad Gateway</body></html>' }
  if (rule.do === 'html')
    return { status: 200, headers: html, body: '<!DOCTYPE html><html><body>Unicorn!</body></html>' }
  if (rule.do !== 'rate_limit') return null

  const retryAfter = { 'retry-after': String(rule.retryAfterSeconds ?? 1) }
  const message = 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.'
  if (rule.status === 200) return jsonAnswer(200, { errors: [{ type: 'RATE_LIMITED', message }] }, retryAfter)
  return jsonAnswer(rule.status ?? 403, { message, status: String(rule.status ?? 403) }, retryAfter)
}

/** Failures of the answer, after the work was done. */
export function spoil(answer: Answer, rule: Misbehaviour): Answer {
  if (rule.do === 'truncate') return { ...answer, body: answer.body.slice(0, Math.floor(answer.body.length / 2)) }
  if (rule.do !== 'partial_error' || rule.path === undefined) return answer
  const path = rule.path.split('.')
  const value = parseJson(Buffer.from(answer.body))
  if (typeof value !== 'object' || value === null) return answer
  const message = 'Something went wrong while executing your query.'
  const cut = cutOut(Reflect.get(value, 'data'), path)
  return jsonAnswer(200, { ...value, data: cut, errors: [{ type: 'SOMETHING_WENT_WRONG', path, message }] })
}

function cutOut(value: unknown, [key = '', ...rest]: readonly string[]): unknown {
  if (typeof value !== 'object' || value === null || !(key in value)) return value
  return { ...value, [key]: rest.length === 0 ? null : cutOut(Reflect.get(value, key), rest) }
}
