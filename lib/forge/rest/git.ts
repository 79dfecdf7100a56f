/** Branches, folders and files by the ids of git, over REST. */
import { type Answer, jsonAnswer } from '../http.ts'
import { slugOf } from '../world.ts'
import { missing, openCall } from './open.ts'
import type { RestCall } from './routes.ts'
import { commitJson } from './shapes.ts'

export async function readBranch(call: RestCall): Promise<Answer> {
  const open = await openCall(call)
  if (!open) return missing()
  const { context, repository, path } = open
  const name = path[2] ?? ''
  const sha = (await context.refs(repository)).get(`refs/heads/${name}`)
  const commit = sha && (await context.world.objects(slugOf(repository)).commit(sha))
  if (!commit) return jsonAnswer(404, { message: 'Branch not found', status: '404' })
  const isProtected = repository.protections.some(({ branch }) => branch === name)
  return jsonAnswer(200, {
    name,
    commit: commitJson(commit),
    protected: isProtected,
  })
}

export async function readTree(call: RestCall): Promise<Answer> {
  const open = await openCall(call)
  const sha = call.path[2] ?? ''
  const objects = open?.context.world.objects(slugOf(open.repository))
  const found = await objects?.resolve(sha)
  if (!objects || found?.type !== 'tree') return missing()
  const entries = await objects.tree(sha)
  const tree = entries.map(({ name, mode, type, oid }) => ({
    path: name,
    mode: mode.toString(8).padStart(6, '0'),
    type,
    sha: oid,
  }))
  return jsonAnswer(200, { sha, tree, truncated: false })
}

export async function readBlob(call: RestCall): Promise<Answer> {
  const open = await openCall(call)
  const sha = call.path[2] ?? ''
  const objects = open?.context.world.objects(slugOf(open.repository))
  const found = await objects?.resolve(sha)
  if (!objects || found?.type !== 'blob') return missing()
  const bytes = Buffer.from(await objects.blob(sha))
  return jsonAnswer(200, { sha, size: bytes.length, encoding: 'base64', content: bytes.toString('base64') })
}
