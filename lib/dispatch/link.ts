/**
 * From now on the issue is worked on through its pull request, also once that is merged: without this
 * note nobody would find the way from the closed issue to what is left to be given back.
 */
import { changeWork, type EffectContext } from '../sessions/perform.ts'

/** @param holding of the run that holds the issue; when it does not (any more), nothing is written */
export async function linkPullRequest(
  pr: number,
  holding: Pick<EffectContext, 'target' | 'runId' | 'token' | 'ownership'>,
): Promise<void> {
  await changeWork(holding, (work) => ({ work: { ...work, pr }, entry: { type: 'linked', pr }, result: null }))
}
