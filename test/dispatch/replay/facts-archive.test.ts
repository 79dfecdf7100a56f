import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openFactsArchive } from '../../../lib/dispatch/replay/facts-archive.ts'
import { digestText } from '../../../lib/dispatch/replay/kept-facts.ts'

let folder: string

beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'facts-archive-')), 'facts')
})
afterEach(() => rm(join(folder, '..'), { recursive: true, force: true }))

const facts = (text: string) => ({ text, digest: digestText(text) })

async function age(name: string, byMs: number): Promise<void> {
  const then = new Date(Date.now() - byMs)
  await utimes(join(folder, name), then, then)
}

describe('the archive of facts', () => {
  it('gives back what was kept, and says what was not', async () => {
    const archive = openFactsArchive(folder)
    await archive.keep(facts('one'))
    expect(await archive.find(facts('one').digest)).toEqual({ status: 'kept', text: 'one' })
    expect(await archive.find(facts('two').digest)).toEqual({ status: 'not_kept' })
  })

  it('refuses a file whose text is not what its name says, and names it', async () => {
    const archive = openFactsArchive(folder)
    await archive.keep(facts('one'))
    const file = join(folder, `${facts('one').digest}.json`)
    await writeFile(file, 'won')
    expect(await archive.find(facts('one').digest)).toEqual({ status: 'damaged', file })
  })

  it('forgets what is too old, but not what was needed again', async () => {
    const archive = openFactsArchive(folder, { sizeBytes: 1_000, ageMs: 60_000 })
    for (const text of ['old', 'needed']) {
      await archive.keep(facts(text))
      await age(`${facts(text).digest}.json`, 3_600_000)
    }
    await archive.keep(facts('needed'))
    await archive.keep(facts('new'))
    expect(await archive.find(facts('old').digest)).toEqual({ status: 'not_kept' })
    expect(await archive.find(facts('needed').digest)).toMatchObject({ status: 'kept' })
    expect(await archive.find(facts('new').digest)).toMatchObject({ status: 'kept' })
  })

  it('holds no more than it may, and lets go of the oldest first', async () => {
    const archive = openFactsArchive(folder, { sizeBytes: 25, ageMs: 1e9 })
    const texts = ['first', 'second', 'third'].map((text) => text.padEnd(10, '.'))
    for (const [index, text] of texts.entries()) {
      await archive.keep(facts(text))
      await age(`${facts(text).digest}.json`, 10_000 - index * 1_000)
    }
    await archive.keep(facts('4'))
    const left = await Promise.all(texts.map(async (text) => (await archive.find(facts(text).digest)).status))
    expect(left).toEqual(['not_kept', 'kept', 'kept'])
  })

  it('sweeps what a killed writer left, and nothing that is still being written', async () => {
    const archive = openFactsArchive(folder)
    await archive.keep(facts('one'))
    await writeFile(join(folder, 'dead.tmp'), 'half')
    await age('dead.tmp', 3_600_000)
    await writeFile(join(folder, 'alive.tmp'), 'half')
    await writeFile(join(folder, 'notes.txt'), 'of a person')
    await age('notes.txt', 1e12)
    await archive.keep(facts('two'))
    const names = [`${facts('one').digest}.json`, `${facts('two').digest}.json`, 'alive.tmp', 'notes.txt']
    expect((await readdir(folder)).sort()).toEqual(names.sort())
  })

  it('is whole when many keep the same at once', async () => {
    await Promise.all(Array.from({ length: 20 }, () => openFactsArchive(folder).keep(facts('same'))))
    expect(await readdir(folder)).toEqual([`${facts('same').digest}.json`])
  })
})
