/**
 * Every query and mutation that we send to GitHub is sent to the forge, on things that exist, so that
 * a field which the forge does not implement is found here and not in the middle of a demo.
 */
import { getOperationAST, parse } from 'graphql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { QUERIES } from '../../lib/github/queries/index.ts'
import { aStage, type Stage } from '../forge/stage.ts'
import { ask, type Loose } from '../forge/with-forge.ts'

/** Mutations that end or remove something come last, and in this order. */
const LAST = ['MERGE_PULL_REQUEST', 'CLOSE_ISSUE', 'DELETE_THREAD_COMMENT', 'DELETE_COMMENT']

const names = Object.keys(QUERIES).sort((a, b) => LAST.indexOf(a) - LAST.indexOf(b) || a.localeCompare(b))

let stage: Stage

beforeAll(async () => {
  stage = await aStage()
})

afterAll(() => stage.end())

describe('the forge', () => {
  it.each(names)('answers every field of %s', async (name) => {
    const query = QUERIES[name] ?? ''
    const { json } = await ask(stage.forge, query, stage.variablesFor(name, variableNames(query)))
    const telling = (json.errors ?? []).filter((error: Loose) => !isAbsentFile(error))
    expect(telling).toEqual([])
  })

  it('logs each of our mutations as done, by its key', async () => {
    const keyed = names.filter((name) => variableNames(QUERIES[name] ?? '').includes('key'))
    const logged = (await stage.forge.effects()).filter((line) => line.key === 'a-key')
    expect(logged.filter((line) => !line.ok)).toEqual([])
    expect(logged).toHaveLength(keyed.length)
  })
})

/** GitHub reports a file that a commit does not have as an error beside the data. */
function isAbsentFile(error: Loose): boolean {
  return error.type === 'NOT_FOUND' && error.message.startsWith('Could not resolve file for path')
}

function variableNames(query: string): string[] {
  return getOperationAST(parse(query))?.variableDefinitions?.map((one) => one.variable.name.value) ?? []
}
