/**
 * A repository gets another name: its id, numbers and history stay, and whoever asks under the old name
 * is answered with the new one.
 */
import { mkdir, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import { UsageError } from '../../errors.ts'
import { bareFolder } from '../git/bare.ts'
import { findRepository } from '../state/find.ts'
import { slugOf, type World } from '../world.ts'

/** @throws UsageError `invalid_value` when there is no such repository, or another has that name */
export async function renameRepository(world: World, from: string, to: string): Promise<void> {
  const repository = findRepository(world.state, from)
  const [owner, name, ...more] = to.split('/')
  if (!repository || !owner || !name || more.length > 0) {
    throw new UsageError(
      'invalid_value',
      `${from} cannot be renamed to ${to}; give two owner/name, the first of the forge`,
    )
  }
  const before = slugOf(repository)
  if (world.state.repositories.some((one) => slugOf(one).toLowerCase() === to.toLowerCase())) {
    throw new UsageError('invalid_value', `there is a repository ${to} already; give another name`)
  }
  const folder = bareFolder(world.folder, to.toLowerCase())
  await mkdir(dirname(folder), { recursive: true })
  await rename(bareFolder(world.folder, before.toLowerCase()), folder)
  Object.assign(repository, { owner, name, formerSlugs: [...(repository.formerSlugs ?? []), before.toLowerCase()] })
  for (const { pulls } of world.state.repositories) {
    for (const pull of pulls) if (pull.headRepository.toLowerCase() === before.toLowerCase()) pull.headRepository = to
  }
  await world.save()
}
