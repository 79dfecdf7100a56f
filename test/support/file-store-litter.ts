/**
 * What may lie in the folder of a file store when nobody is at work and every record has been changed once
 * more since the last death: the names of lib/store/files/layout.ts, each as often as it has a meaning.
 */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { dataAmong, headsAmong, recordFolder, SEGMENT_LENGTH, segmentsAmong } from '../../lib/store/files/layout.ts'
import type { Store } from '../../lib/store/store.ts'

/** @returns everything that has no business there */
export async function findLitter(folder: string, store: Store): Promise<readonly string[]> {
  const outside = readdirSync(folder).filter((name) => name !== 'records' && name !== 'prepared')
  const prepared = readdirSync(join(folder, 'prepared')).map((name) => `prepared/${name}`)
  const inside = (await store.list('')).flatMap((key) => litterOfRecord(recordFolder(folder, key)))
  return [...outside, ...prepared, ...inside]
}

function litterOfRecord(record: string): readonly string[] {
  const names = readdirSync(record)
  const [head] = headsAmong(names)
  const heads = names.filter((name) => name.startsWith('head.')).slice(1)
  const sequences = dataAmong(names).map(({ sequence }) => sequence)
  // Data files are pruned in whole segments, so between one and two segments' worth of them may be there.
  const doubled = sequences
    .filter((each, index) => sequences.indexOf(each) !== index)
    .map((each) => `data.${each} twice`)
  const old = sequences
    .filter((each) => each <= (head?.sequence ?? 0) - 2 * SEGMENT_LENGTH)
    .map((each) => `data.${each}`)
  const others = names.filter((name) => !/^(head\.|data\.|journal$|turn$)/.test(name))
  const segments = readdirSync(join(record, 'journal'))
  const unknown = segments
    .filter((name) => segmentsAmong([name], 'entries').length === 0)
    .map((name) => `journal/${name}`)
  return [...heads, ...doubled, ...old, ...others, ...unknown].map((name) => join(record, name))
}
