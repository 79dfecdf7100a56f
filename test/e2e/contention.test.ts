/** Writers of one record that meet, as the processes of the built command line. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openStage, type Stage } from './stage.ts'

let stage: Stage
beforeAll(async () => {
  stage = await openStage({ issues: 1 })
})
afterAll(() => stage.end())

it('all get their answer, and nothing of what they wrote is lost', async () => {
  const { cli, issue } = await stage.checkout()
  await cli(`ownership claim --issue ${issue} --run-id r-0`)
  const runs = Array.from({ length: 12 }, (_, index) => `r-${index}`)

  const said = await Promise.all(
    runs.map((run) => cli(`ownership signal-exit --issue ${issue} --run-id ${run} --any-run`)),
  )

  expect(said.map(({ exit, answer }) => [exit, answer.status ?? answer.message])).toEqual(
    runs.map(() => [0, 'exit_signal_recorded']),
  )
  const { answer } = await cli(`ownership signal-exit --issue ${issue} --run-id last --any-run`)
  const recorded = answer.exitSignals.map(({ runId }: { runId: string }) => runId)
  expect(recorded.sort()).toEqual([...runs, 'last'].sort())
})
