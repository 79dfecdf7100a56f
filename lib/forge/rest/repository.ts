/** Who asks, what is left of the quota, and the repository. */
import type { Quota } from '../graphql/context.ts'
import { type Answer, jsonAnswer } from '../http.ts'
import { permissionOf } from '../state/find.ts'
import { nodeId } from '../state/node-id.ts'
import { slugOf } from '../world.ts'
import { openCall } from './open.ts'
import type { RestCall } from './routes.ts'
import { accountJson } from './shapes.ts'

export async function readUser({ context }: RestCall): Promise<Answer> {
  const { viewer } = context
  const headers = { 'x-oauth-scopes': viewer.scopes, 'x-accepted-oauth-scopes': '' }
  return jsonAnswer(200, { ...accountJson(viewer), name: viewer.name }, headers)
}

export async function readRateLimit({ context, core }: RestCall): Promise<Answer> {
  const resources = { core: inSeconds(core()), graphql: inSeconds(context.quota) }
  return jsonAnswer(200, { resources, rate: resources.core })
}

function inSeconds({ resetAt, ...quota }: Quota) {
  return { ...quota, reset: Math.floor(Date.parse(resetAt) / 1000) }
}

export async function readRepository(call: RestCall): Promise<Answer> {
  const open = await openCall(call)
  if (!open) return jsonAnswer(404, { message: 'Not Found', status: '404' })
  const { repository, context } = open
  const permission = permissionOf(repository, context.viewer.login)
  const level = ['NONE', 'READ', 'TRIAGE', 'WRITE', 'MAINTAIN', 'ADMIN'].indexOf(permission)
  return jsonAnswer(200, {
    id: repository.id,
    node_id: nodeId('Repository', repository.id),
    name: repository.name,
    full_name: slugOf(repository),
    private: repository.isPrivate,
    owner: { login: repository.owner },
    fork: repository.forkOf !== null,
    archived: false,
    default_branch: repository.defaultBranch,
    clone_url: `${context.world.origin}/${slugOf(repository)}.git`,
    html_url: `${context.world.origin}/${slugOf(repository)}`,
    permissions: { pull: level >= 1, triage: level >= 2, push: level >= 3, maintain: level >= 4, admin: level >= 5 },
    allow_merge_commit: repository.mergeCommitAllowed,
    allow_squash_merge: repository.squashMergeAllowed,
    allow_rebase_merge: repository.rebaseMergeAllowed,
    delete_branch_on_merge: repository.deleteBranchOnMerge,
  })
}
