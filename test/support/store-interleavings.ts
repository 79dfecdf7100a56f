/**
 * Every order in which several writers can take their steps, each of them dying anywhere.
 *
 * The writers run the real protocols. A protocol's state is what its steps were answered so far, so it
 * can be brought back by answering it the same again; two orders that lead to the same disk and the
 * same answers have the same future and are explored once. What is counted are the orders themselves.
 * Steps that cannot be told from outside, such as making names durable, are taken with the step before.
 *
 * Harsher than a real disk: a listing takes time, and of the names that were there for only a part of
 * it any may be in it or not; a folder is removed file by file, in any order; a writer that dies while
 * writing leaves half a file; and anybody may be taken for dead.
 */
import { dataAmong, type Head, headsAmong } from '../../lib/store/files/layout.ts'
import { readNewest } from '../../lib/store/files/read.ts'
import type { Steps } from '../../lib/store/files/steps.ts'
import { type Answer, applyCall, type Call, type Disk, filesAnswering, namesIn } from './store-simulated-disk.ts'

export interface Exploration {
  readonly disk: Disk
  readonly record: string
  readonly writers: readonly string[]
  /** One attempt to commit `value` over `replaced`; null when somebody came first. */
  readonly swap: (attempt: {
    writer: string
    writeId: string
    replaced: Head | null
    value: string
  }) => Steps<Head | null>
  /** Called once for every state: who has been told that the change is made, and who still lives. */
  readonly check: (state: { disk: Disk; reported: readonly string[]; settled: boolean }) => void
}

export interface Counts {
  readonly states: number
  readonly orders: bigint
}

/** Where one writer stands. The same standing is the same object. */
interface Standing {
  readonly id: number
  readonly writer: string
  /** How often it has tried to create the record; a replaced head is never there to be tried again. */
  readonly creations: number
  readonly seen: { readonly head: Head; readonly value: string } | null
  readonly stage: 'reading' | 'swapping' | 'reported' | 'dead'
  readonly answers: readonly Answer[]
  readonly call: Call | null
}

interface Listing {
  readonly folder: string
  /** Names that were there all the time, and names that were there at some time. */
  readonly always: readonly string[]
  readonly ever: readonly string[]
}

/** A standing, and the listing that it has under way. The same slot is the same object, too. */
interface Slot {
  readonly id: number
  readonly standing: Standing
  readonly listing: Listing | null
}

interface Move {
  readonly disk: Disk
  readonly slot: Slot
}

/** So that a state's key, its disk and up to three slots, is a whole number that is kept exactly. */
const MOST_SLOTS = 2 ** 13

interface State {
  readonly disk: Disk
  readonly slots: readonly Slot[]
}

export function exploreAll(exploration: Exploration): Counts {
  const disks = diskShelf()
  const standings = new Map<string, Standing>()
  const slots = new Map<string, Slot>()
  const moves = new Map<number, readonly Move[]>()
  const orders = new Map<number, bigint>()
  const watching = new Map<number, Slot>()
  const advanced = new Map<string, Standing>()

  const first = exploration.writers.map((writer) => slotOf(begin(writer, 0), null))
  return { orders: count({ disk: disks.keep(exploration.disk), slots: first }), states: orders.size }

  function count(state: State): bigint {
    const key = state.slots.reduce((number, { id }) => number * MOST_SLOTS + id, disks.number(state.disk))
    const known = orders.get(key)
    if (known !== undefined) return known

    let total = 0n
    for (const [mover, slot] of state.slots.entries()) {
      for (const move of movesOf(state.disk, slot)) total += count(moved(state, mover, move))
    }
    exploration.check({ disk: state.disk, reported: reportedIn(state), settled: total === 0n })
    if (total === 0n) total = 1n
    orders.set(key, total)
    return total
  }

  function moved(state: State, mover: number, move: Move): State {
    const others = (slot: Slot) => (move.disk === state.disk ? slot : watched(slot, move.disk))
    return { disk: move.disk, slots: state.slots.map((slot, i) => (i === mover ? move.slot : others(slot))) }
  }

  /** What one writer can do next, dying included; the others have no part in that. */
  function movesOf(disk: Disk, slot: Slot): readonly Move[] {
    const { call } = slot.standing
    if (call === null) return []

    const key = disks.number(disk) * MOST_SLOTS + slot.id
    const known = moves.get(key)
    if (known) return known

    const dead = slotOf(stand({ ...slot.standing, stage: 'dead', answers: [], seen: null, creations: 0 }), null)
    const deaths = [disk, ...halfWritten(disk, call)].map((left) => ({ disk: left, slot: dead }))
    const made = [...deaths, ...stepsOf(disk, slot, call)]
    moves.set(key, made)
    return made
  }

  function halfWritten(disk: Disk, call: Call): readonly Disk[] {
    if (call.op !== 'write' || !call.text) return []
    const torn = applyCall(disk, { ...call, text: call.text.slice(0, call.text.length / 2) }).disk
    return torn === disk ? [] : [disks.keep(torn)]
  }

  function stepsOf(disk: Disk, slot: Slot, call: Call): readonly Move[] {
    const answered = (answer: Answer): Slot => slotOf(advance(slot.standing, answer), null)

    if (call.op === 'isGone') return [true, false].map((isGone) => ({ disk, slot: answered({ isGone }) }))
    if (call.op === 'removeFolder') {
      // File by file, in any order, while others go on using the folder.
      const files = [...disk.keys()].filter((path) => path.startsWith(`${call.path}/`) && !path.endsWith('/'))
      const removals = files.map((path) => ({ disk: disks.keep(applyCall(disk, { op: 'remove', path }).disk), slot }))
      if (removals.length > 0) return removals
    }
    if (call.op !== 'list') {
      const applied = applyCall(disk, call)
      return [{ disk: disks.keep(applied.disk), slot: answered(applied.answer) }]
    }
    if (slot.listing) return possibleListings(slot.listing).map((list) => ({ disk, slot: answered({ list }) }))

    const names = namesIn(disk, call.path)
    if (names === null) return [{ disk, slot: answered({ list: null }) }]
    return [{ disk, slot: slotOf(slot.standing, { folder: call.path, always: names, ever: names }) }]
  }

  /** A listing under way notices, or does not, what changes while it lasts. */
  function watched(slot: Slot, disk: Disk): Slot {
    if (!slot.listing) return slot
    const key = disks.number(disk) * MOST_SLOTS + slot.id
    const known = watching.get(key)
    if (known) return known

    const { folder, always, ever } = slot.listing
    const names = disks.names(disk, folder)
    const kept = always.filter((name) => names.includes(name))
    const noticed = slotOf(slot.standing, { folder, always: kept, ever: [...new Set([...ever, ...names])].sort() })
    watching.set(key, noticed)
    return noticed
  }

  function slotOf(standing: Standing, whole: Listing | null): Slot {
    const listing = whole && relevant(standing, whole)
    const key = listing ? `${standing.id} ${listing.always} / ${listing.ever}` : String(standing.id)
    const known = slots.get(key)
    if (known) return known

    const slot = { id: slots.size, standing, listing }
    if (slots.size >= MOST_SLOTS) throw new Error('too many standings for the keys of states')
    slots.set(key, slot)
    return slot
  }

  function advance(standing: Standing, answer: Answer): Standing {
    const key = `${standing.id} ${JSON.stringify(answer)}`
    const known = advanced.get(key)
    if (known) return known

    const next = beyondSilentSteps(answeredWith(standing, answer))
    advanced.set(key, next)
    return next
  }

  function beyondSilentSteps(standing: Standing): Standing {
    const silent = standing.call?.op === 'sync' || standing.call?.op === 'pause'
    return silent ? beyondSilentSteps(answeredWith(standing, {})) : standing
  }

  function answeredWith(standing: Standing, answer: Answer): Standing {
    const { writer, creations } = standing
    const answers = [...standing.answers, answer]

    if (standing.stage === 'reading') {
      const read = resume(readNewest(exploration.record), answers)
      if ('call' in read) return stand({ ...standing, answers })
      if (!read.value && exploration.disk.has(`${exploration.record}/`)) throw new Error('a reader saw no record')
      const seen = read.value && { head: read.value.head, value: String(read.value.content.value) }
      return stand({ writer, creations: creations + (seen ? 0 : 1), seen, stage: 'swapping', answers: [] })
    }

    const swapped = resume(swapOf(standing), answers)
    if ('call' in swapped) return stand({ ...standing, answers })
    return swapped.value
      ? stand({ writer, creations: 0, seen: null, stage: 'reported', answers: [] })
      : begin(writer, creations)
  }

  function swapOf({ writer, creations, seen }: Standing): Steps<Head | null> {
    const writeId = seen ? `${writer}${seen.head.sequence}` : `${writer}new${creations}`
    return exploration.swap({ writer, writeId, replaced: seen?.head ?? null, value: `${seen?.value ?? ''}${writer}` })
  }

  function begin(writer: string, creations: number): Standing {
    return stand({ writer, creations, seen: null, stage: 'reading', answers: [] })
  }

  function stand(where: Omit<Standing, 'id' | 'call'>): Standing {
    const { writer, creations, seen, stage, answers } = where
    const key = JSON.stringify([writer, creations, seen, stage, answers])
    const known = standings.get(key)
    if (known) return known

    const standing = { ...where, id: standings.size, call: callOf({ ...where, id: -1, call: null }) }
    standings.set(key, standing)
    return standing
  }

  function callOf(standing: Standing): Call | null {
    if (standing.stage === 'reported' || standing.stage === 'dead') return null
    const protocol = standing.stage === 'reading' ? readNewest(exploration.record) : swapOf(standing)
    const resumed: { readonly call: Call } | { readonly value: unknown } = resume<unknown>(protocol, standing.answers)
    if ('call' in resumed) return resumed.call
    throw new Error('a protocol ended without a step')
  }
}

/** Answers a protocol again from its beginning, and says what it asks for next or gives. */
function resume<T>(protocol: Steps<T>, answers: readonly Answer[]): { readonly call: Call } | { readonly value: T } {
  let current = protocol.next()
  for (const answer of answers) {
    if (current.done) break
    void current.value.perform(filesAnswering(() => answer))
    current = protocol.next()
  }
  if (current.done) return { value: current.value }

  const asked: Call[] = []
  const note = (call: Call): Answer => {
    asked.push(call)
    return {}
  }
  void current.value.perform(filesAnswering(note))
  const [call] = asked
  if (!call) throw new Error('a step made no call')
  return { call }
}

/**
 * Leaves out of a listing what its protocol does not look at: a reader cares for the newest head it
 * sees, housekeeping for what is no head. Data above its own version it must leave alone, so of that it
 * is shown all that stays. Fewer states, the same behaviour.
 */
function relevant(standing: Standing, { folder, always, ever }: Listing): Listing {
  if (standing.stage === 'reading') {
    const newest = headsAmong(always).reduce((most, { sequence }) => Math.max(most, sequence), 0)
    const wanted = (name: string) => headsAmong([name]).some(({ sequence }) => sequence >= newest)
    return { folder, always: always.filter(wanted), ever: ever.filter(wanted) }
  }
  const own = (standing.seen?.head.sequence ?? 0) + 1
  const wanted = (name: string) => headsAmong([name]).length === 0
  const doubtful = (name: string) => wanted(name) && dataAmong([name]).every(({ sequence }) => sequence <= own)
  return { folder, always: always.filter(wanted), ever: ever.filter(doubtful) }
}

function possibleListings({ always, ever }: Listing): readonly (readonly string[])[] {
  const doubtful = ever.filter((name) => !always.includes(name))
  return doubtful.reduce((sets, name) => sets.flatMap((set) => [set, [...set, name].sort()]), [always])
}

function reportedIn(state: State): readonly string[] {
  return state.slots.flatMap(({ standing }) => (standing.stage === 'reported' ? [standing.writer] : []))
}

/** Gives every disk with the same content the same object and a number. */
function diskShelf() {
  const kept = new Map<string, Disk>()
  const numbers = new Map<Disk, number>()
  const listed = new Map<string, readonly string[]>()

  const number = (disk: Disk): number => numbers.get(disk) ?? -1
  const keep = (disk: Disk): Disk => {
    if (numbers.has(disk)) return disk
    const key = JSON.stringify([...disk].sort())
    const same = kept.get(key) ?? disk
    kept.set(key, same)
    if (same === disk) numbers.set(disk, numbers.size)
    return same
  }
  const names = (disk: Disk, folder: string): readonly string[] => {
    const key = `${number(disk)} ${folder}`
    const found = listed.get(key) ?? namesIn(disk, folder) ?? []
    listed.set(key, found)
    return found
  }
  return { keep, number, names }
}
