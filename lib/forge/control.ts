/**
 * The forge's own endpoint, which GitHub has not: an administrator makes it misbehave and reads its log.
 *
 * `GET /control` answers the effects; `POST /control` takes `{"misbehave": {…}}`, `{"clear": true}` or
 * `{"quota": {"login": …, "remaining": …}}`, with `resource` (`graphql` or `core`) and `resetInMs` if wanted.
 */
import type { IncomingMessage } from 'node:http'
import type { EffectLine } from './effects.ts'
import { type Answer, jsonAnswer, parseJson } from './http.ts'
import { MISBEHAVIOURS, type Misbehaviour } from './misbehave.ts'
import { QUOTA_RESOURCES, type QuotaLeft } from './quota.ts'
import { permissionOf } from './state/find.ts'
import type { Account, ForgeState } from './state/model.ts'

export interface Controls {
  readonly state: ForgeState
  misbehave(rule: Misbehaviour): Promise<void>
  behave(): void
  leaveQuota(login: string, left: QuotaLeft): void
  effects(): Promise<readonly EffectLine[]>
}

export async function answerControl(
  { request, body, account }: { request: IncomingMessage; body: Buffer; account: Account },
  controls: Controls,
): Promise<Answer> {
  const admin = controls.state.repositories.some((one) => permissionOf(one, account.login) === 'ADMIN')
  if (!admin) return jsonAnswer(403, { message: 'Only an administrator may control the forge' })
  if (request.method === 'GET') return jsonAnswer(200, { effects: await controls.effects() })

  const asked = parseJson(body)
  const rule = fieldOf(asked, 'misbehave')
  const quota = fieldOf(asked, 'quota')
  if (isMisbehaviour(rule)) await controls.misbehave(rule)
  else if (fieldOf(asked, 'clear') === true) controls.behave()
  else if (quota !== undefined) controls.leaveQuota(String(fieldOf(quota, 'login')), quotaLeft(quota))
  else return jsonAnswer(422, { message: `Give misbehave.do (one of ${MISBEHAVIOURS.join(', ')}), clear or quota` })
  return jsonAnswer(200, { ok: true })
}

function quotaLeft(asked: unknown): QuotaLeft {
  const resource = QUOTA_RESOURCES.find((one) => one === fieldOf(asked, 'resource'))
  const resetInMs = fieldOf(asked, 'resetInMs')
  return {
    remaining: Number(fieldOf(asked, 'remaining')),
    ...(resource === undefined ? {} : { resource }),
    ...(typeof resetInMs === 'number' ? { resetInMs } : {}),
  }
}

function isMisbehaviour(value: unknown): value is Misbehaviour {
  const name = fieldOf(value, 'do')
  return MISBEHAVIOURS.some((one) => one === name)
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}
