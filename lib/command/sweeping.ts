/** Opens what a sweep of a repository is made from, and keeps what it saw for the next one. */
import { knownSizes, readSeen, type SeenFile, seenFileOf, sizesAfter, writeSeen } from '../dispatch/sweep/seen-file.ts'
import type { SweepResult, SweepSources } from '../dispatch/sweep/sweep.ts'
import type { RepositoryName } from '../github/observe-open-pull-requests.ts'
import { readHostIdentity } from '../ownership/host.ts'
import type { CommandContext } from './define.ts'
import { loadedConfig, openGitHub, openRecords, resolveRepository } from './services.ts'

export interface Sweeping {
  readonly repository: RepositoryName
  readonly sources: SweepSources & { readonly seen: SeenFile['pullRequests'] }
  readonly requests: () => number
  readonly problems: Awaited<ReturnType<typeof loadedConfig>>['problems']
  /** @param result of this sweep, with which the next one compares */
  readonly keep: (result: SweepResult) => Promise<void>
}

export async function openSweep(
  words: { readonly repo?: string | undefined; readonly stateDir?: string | undefined },
  context: CommandContext,
): Promise<Sweeping> {
  const repository = resolveRepository(words, context)
  const { config, problems } = await loadedConfig(context)
  const { store, location } = await openRecords(repository, words, context)
  const client = await openGitHub(context)
  const now = () => Date.now()
  const file = seenFileOf(location.folder, repository)
  const seen = await readSeen(file, now())
  const sizes = knownSizes(seen, now())
  const ownership = { store, host: readHostIdentity(), observations: `${location.folder}/observations` }
  return {
    repository,
    problems,
    sources: { client, config, signal: context.signal, ownership, sizes, now, seen: seen.pullRequests },
    requests: () => client.requests,
    keep: (result) =>
      keep(file, { schema: 1, ...sizesAfter(seen, sizes, now()), pullRequests: [...result.seen] }, context),
  }
}

/** A full disk costs the next sweep some looking, not this one its answer. */
async function keep(file: string, seen: SeenFile, context: CommandContext): Promise<void> {
  try {
    await writeSeen(file, seen)
  } catch (error) {
    const why = error instanceof Error ? error.message : 'unknown'
    context.progress(`  what was seen could not be kept, so the next sweep looks at everything: ${why}`)
  }
}
