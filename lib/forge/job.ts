/** A request that has arrived, and what is to be done for it. */
import type { IncomingMessage } from 'node:http'
import type { Controls } from './control.ts'
import type { EffectLog } from './effects.ts'
import type { Snapshot } from './graphql/context.ts'
import type { Answer } from './http.ts'
import type { Misbehaviours, RequestKind } from './misbehave.ts'
import type { Quotas } from './quota.ts'
import type { Account } from './state/model.ts'
import type { World } from './world.ts'

export interface ServerParts {
  readonly world: World
  readonly effects: EffectLog
  readonly quotas: Quotas
  readonly misbehaviours: Misbehaviours
  readonly controls: Controls
  /** What stale reads are answered from. */
  snapshot: Snapshot | null
}

/** What a request turned out to be, ready to be done. */
export interface Job {
  readonly kind: RequestKind
  readonly work: (snapshot: Snapshot | null) => Promise<Answer>
}

export interface Arrived {
  readonly request: IncomingMessage
  readonly url: URL
  readonly body: Buffer
  readonly account: Account
}
