/** What may the token do, and which policy holds? One request, whose headers name the token's scopes. */
import { digestPolicy, readPolicy } from '../../config/policy.ts'
import { DevLoopsError } from '../../errors.ts'
import type { PolicyFileFact, RepositoryFact } from '../../facts/pull-request.ts'
import type { GitHubClient } from '../../github/client.ts'
import { observeRepository } from '../../github/observe-repository.ts'
import { type Check, type CheckId, fine, unknown, wrong } from './check.ts'

const DEPENDENT = ['scopes', 'permission', 'policy'] as const satisfies readonly CheckId[]
const PUSHING: ReadonlySet<string> = new Set(['ADMIN', 'MAINTAIN', 'WRITE'])
/** Without one of these a token with scopes cannot write to a repository. */
const WRITING: ReadonlySet<string> = new Set(['repo', 'public_repo'])

type Place = { readonly host: string; readonly repo: string }

/** @param open throws `token_missing` or `token_rejected` where there is no usable token */
export async function checkGitHub(
  place: Place | null,
  open: () => Promise<GitHubClient>,
  signal: AbortSignal,
): Promise<readonly Check[]> {
  try {
    const client = await open()
    if (place === null) return [fine('token', 'there is one'), ...notAsked('no repository is named; give --repo')]
    return await ask(place, client, signal)
  } catch (error) {
    if (!(error instanceof DevLoopsError)) throw error
    return failed(error)
  }
}

async function ask(place: Place, client: GitHubClient, signal: AbortSignal): Promise<readonly Check[]> {
  const { repository, policyFile } = await observeRepository(client, place, signal)
  return [
    fine('token', `of ${repository.viewer} on ${place.host}`),
    judgeScopes(client.scopes),
    judgePermission(repository),
    judgePolicy(policyFile, repository.defaultBranch),
  ]
}

/** @param scopes `null` for tokens that have permissions in their place: fine-grained ones and those of apps */
export function judgeScopes(scopes: readonly string[] | null): Check {
  if (scopes === null) return unknown('scopes', 'a token without scopes; GitHub does not list its permissions')
  const named = scopes.join(', ') || 'none'
  if (scopes.some((scope) => WRITING.has(scope))) return fine('scopes', named)
  return wrong('scopes', `${named}; that does not let it write`, 'add the scope repo: gh auth refresh --scopes repo')
}

export function judgePermission({ repo, viewer, viewerPermission }: RepositoryFact): Check {
  if (viewerPermission === null) return unknown('permission', `GitHub does not say what ${viewer} may do in ${repo}`)
  const detail = `${viewer} has ${viewerPermission} in ${repo}`
  if (PUSHING.has(viewerPermission)) return fine('permission', detail)
  return wrong(
    'permission',
    `${detail}, which may not push`,
    'ask for write permission, or use the token of an account that has it',
  )
}

export function judgePolicy(file: PolicyFileFact, branch: string | null): Check {
  const policy = readPolicy(file)
  if (!policy.ok) return wrong('policy', policy.message, `repair it on ${branch ?? 'the default branch'}`)

  const digest = digestPolicy(policy.value).slice(0, 12)
  if (file.status === 'present') return fine('policy', `${file.path} on ${branch}, digest ${digest}`)
  const detail = `${branch ?? 'the default branch'} has none; the strict defaults hold, digest ${digest}`
  return { id: 'policy', ok: true, detail, fix: 'dev-loops config init proposes one' }
}

function failed(error: DevLoopsError): readonly Check[] {
  switch (error.code) {
    case 'token_missing':
    case 'token_rejected':
      return [wrong('token', error.message, 'set GH_TOKEN, or sign in with gh auth login'), ...notAsked('no token')]
    case 'target_not_found':
      return [
        fine('token', 'it is accepted'),
        unknown('scopes', 'not asked'),
        wrong('permission', error.message, 'look at the name, or let the token see the repository'),
        unknown('policy', 'not asked'),
      ]
    default:
      return [
        unknown('token', error.message, 'look at the network and ask again'),
        ...notAsked('GitHub did not answer'),
      ]
  }
}

function notAsked(why: string): readonly Check[] {
  return DEPENDENT.map((id) => unknown(id, `not asked: ${why}`))
}
