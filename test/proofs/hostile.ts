/**
 * An outside that wishes the loop no good: each kind of ill will, always or every other time it is asked, and
 * any two of them together.
 */
import type { Chance, Draw } from './world.ts'

export interface Hostile {
  readonly name: string
  /** Begins anew for each walk. */
  readonly draw: () => Draw
}

const ILL: readonly (readonly [name: string, chance: Chance, answer: number])[] = [
  ['agents do nothing', 'agent', 4],
  ['agents commit nothing', 'agent', 3],
  ['agents only say that they did it', 'agent', 2],
  ['agents always leave something', 'agent', 1],
  ['checks always fail', 'checks', 1],
  ['checks never report', 'checks', 2],
  ['the judge always finds something', 'judge', 1],
  ['the judge never comes to a result', 'judge', 2],
  ['the reviewer always has a remark', 'review', 1],
  ['the reviewer never answers', 'review', 2],
  ['the reviewer cannot be asked', 'request', 1],
  ['the base always conflicts', 'conflict', 1],
  ['the base always moves on', 'mergeability', 3],
  ['GitHub never knows whether it can be merged', 'mergeability', 1],
  ['GitHub always blocks the merge', 'mergeability', 2],
  ['GitHub never shows what was pushed', 'observation', 1],
  ['nothing comes of commands', 'effect', 1],
  ['runs die before they act', 'death', 1],
  ['runs die after they acted', 'death', 2],
]

const SINGLE: readonly Hostile[] = ILL.flatMap(([name, chance, answer]) => [
  { name, draw: () => (asked: Chance) => (asked === chance ? answer : 0) },
  { name: `${name}, every other time`, draw: () => everyOther((asked) => (asked === chance ? answer : 0)) },
])

const DOUBLE: readonly Hostile[] = ILL.flatMap(([name, chance, answer], at) =>
  ILL.slice(at + 1).flatMap(([otherName, otherChance, otherAnswer]) => {
    if (chance === otherChance) return turnwise(`${name} or ${otherName}`, chance, [answer, otherAnswer])
    const both: Draw = (asked) => (asked === chance ? answer : asked === otherChance ? otherAnswer : 0)
    return [{ name: `${name} and ${otherName}`, draw: () => both }]
  }),
)

export const HOSTILE: readonly Hostile[] = [...SINGLE, ...DOUBLE]

function turnwise(name: string, chance: Chance, answers: readonly number[]): readonly Hostile[] {
  const draw = (): Draw => {
    let count = 0
    return (asked) => (asked === chance ? (answers[count++ % answers.length] ?? 0) : 0)
  }
  return [{ name, draw }]
}

function everyOther(draw: Draw): Draw {
  const asked = new Map<Chance, number>()
  return (chance) => {
    const count = asked.get(chance) ?? 0
    asked.set(chance, count + 1)
    return count % 2 === 0 ? draw(chance) : 0
  }
}
