/** Workflow runs. The forge has its own CI and no Actions, so there are none: an empty list, as GitHub gives it. */
import { type Answer, jsonAnswer } from '../http.ts'
import { openCall } from './open.ts'
import { notHere, type RestCall } from './routes.ts'

export async function readWorkflowRuns(call: RestCall): Promise<Answer> {
  const open = await openCall(call)
  return open ? jsonAnswer(200, { total_count: 0, workflow_runs: [] }) : notHere()
}
