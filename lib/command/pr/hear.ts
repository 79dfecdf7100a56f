/**
 * Notes until when what people said was heard: up to the newest remark that was seen, never up to now, or
 * whatever is written while the command runs would count as read.
 */
import { read } from '../../loop/readings/target.ts'
import { type Answer, accept, type Outcome } from '../../outcome.ts'
import { changeWork } from '../../sessions/perform.ts'
import type { Observed } from '../permission.ts'
import type { Acting } from '../services.ts'

type Heard = Answer<{
  readonly status: 'acknowledged' | 'nothing_to_hear'
  readonly remarks: readonly { id: string; at: string; author: string | null; url: string }[]
  readonly heardUntil: string | null
}>

/** @param acting `null` only tells what would be acknowledged */
export async function hear({ input }: Observed, acting: Acting | null): Promise<Heard> {
  if (!input.policy.ok) return input.policy
  const spoken = read(input).pullRequest?.spoken
  const unheard = [...(spoken?.unheard ?? []), ...(spoken?.calls ?? [])]
  const remarks = unheard
    .filter(({ id }, index) => unheard.findIndex((other) => other.id === id) === index)
    .map(({ id, at, author, url }) => ({ id, at, author: author?.login ?? null, url }))
  const newest = remarks
    .map(({ at }) => at)
    .sort()
    .at(-1)
  if (newest === undefined) return { ok: true, status: 'nothing_to_hear', remarks, heardUntil: input.work.heardUntil }

  const noted = acting === null ? accept(null) : await note(newest, acting)
  if (!noted.ok) return noted
  return { ok: true, status: 'acknowledged', remarks, heardUntil: noted.value }
}

function note(newest: string, acting: Acting): Promise<Outcome<string>> {
  return changeWork(acting, (work) => {
    const heardUntil = work.heardUntil !== null && work.heardUntil > newest ? work.heardUntil : newest
    return { work: { ...work, heardUntil }, entry: { type: 'heard', until: heardUntil }, result: heardUntil }
  })
}
