/**
 * Every situation in which a loop may find itself: the places of a walk in which all goes well, each with one
 * or two things that are otherwise there. Of those that come to the same facts of every machine that is asked,
 * one is kept.
 */
import { consider } from '../../lib/loop/consider.ts'
import { decide } from '../../lib/loop/next.ts'
import { type Knob, knobsFor } from './knobs.ts'
import { FREE } from './walk.ts'
import { World } from './world.ts'

export interface Start {
  readonly name: string
  readonly world: World
  readonly knobs: readonly Knob[]
  /** What each machine says here that is asked, as `machine/state`. */
  readonly shown: readonly string[]
}

/** Where two things at once may be otherwise; everywhere else, one. */
const CROSSROADS = ['not_implemented', 'draft_review', 'pre_approval_gate_needed', 'worktree_left']

export function everyStart(): readonly Start[] {
  const found = new Map<string, Start>()
  for (const { state, world } of placesOfKindWalk()) {
    for (const knobs of choicesAt(state, world)) {
      const turned = world.copy()
      for (const { turn } of knobs) turn(turned)
      const { vector, shown } = seenFrom(turned)
      const name = [state, ...knobs.map((knob) => knob.name)].join(' + ')
      if (!found.has(vector)) found.set(vector, { name, world: turned, knobs, shown })
    }
  }
  return [...found.values()]
}

function placesOfKindWalk() {
  const world = new World(() => 0, FREE)
  const places: { state: string; world: World }[] = []
  for (let actor = 'command'; actor !== 'done'; ) {
    const place = world.copy()
    const decision = world.step()
    places.push({ state: decision.state, world: place })
    actor = decision.actor
  }
  return places
}

function choicesAt(state: string, world: World): readonly (readonly Knob[])[] {
  const knobs = knobsFor(world)
  const singles = knobs.map((knob) => [knob])
  if (!CROSSROADS.includes(state)) return [[], ...singles]
  const pairs = knobs.flatMap((one, at) => knobs.slice(at + 1).map((other) => [one, other]))
  return [[], ...singles, ...pairs]
}

/** Everything that the machines were asked with here and at the end of a wait, and what each of them said. */
function seenFrom(world: World): { readonly vector: string; readonly shown: readonly string[] } {
  const input = world.input()
  const { passed, decided, progress, may, reading } = consider(input)
  const { waitingFor, wait } = decide(input)
  const over = reading.life === 'over'
  const { pullRequest: pull, issue } = reading
  const inner =
    pull && (over || decided.name === 'gates')
      ? [
          { ...pull.ci, name: 'ci' },
          { ...pull.review, name: 'review' },
          { ...pull.gates, name: 'gates' },
        ]
      : []
  const left = over && issue ? [{ ...issue.issue, name: 'issue' }] : []
  const asked = [...passed, decided, ...inner, ...left, { ...progress, name: 'stuck' }, { ...may, name: 'attempt' }]
  return {
    vector: JSON.stringify([asked.map(({ name, facts }) => [name, facts]), wait?.afterwards]),
    shown: [...asked, { name: 'waiting', state: waitingFor }].map(({ name, state }) => `${name}/${state}`),
  }
}
