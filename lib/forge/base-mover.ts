/**
 * The maintainer of a seed, who pushes one commit to the base branch while others are at work.
 */
import { commitEnvironment } from './actions/merge.ts'
import { digestOf, type EffectLog } from './effects.ts'
import { bareFolder } from './git/bare.ts'
import { writeCommit } from './git/write-commit.ts'
import { findAccount } from './state/find.ts'
import type { Repository } from './state/model.ts'
import { slugOf, type World } from './world.ts'

export class BaseMover {
  #moving: Promise<void> = Promise.resolve()

  constructor(
    readonly world: World,
    readonly effects: EffectLog,
  ) {}

  start(): void {
    this.world.events.on('checkFinished', this.#onFinished)
  }

  async stop(): Promise<void> {
    this.world.events.off('checkFinished', this.#onFinished)
    await this.#moving
  }

  readonly #onFinished = (repository: Repository) => {
    this.#moving = this.#moving.then(() => this.world.quietly(this.#move(repository)))
  }

  async #move(repository: Repository): Promise<void> {
    const move = repository.baseMove
    const finished = repository.checkSuites.filter((suite) => suite.run.status === 'COMPLETED').length
    const author = move && findAccount(this.world.state, move.author)
    if (!move || move.done || !author || finished < move.afterChecks) return

    const gitDir = bareFolder(this.world.folder, slugOf(repository).toLowerCase())
    const { message, files } = move
    const branch = repository.defaultBranch
    const oid = await writeCommit(gitDir, { branch, message, files, identity: commitEnvironment(author) })
    move.done = true
    await this.world.save()
    await this.effects.add({
      at: new Date().toISOString(),
      actor: author.login,
      kind: `git push refs/heads/${branch}`,
      target: `${slugOf(repository)}@${branch}`,
      key: null,
      ok: true,
      digest: digestOf(files),
      note: oid,
    })
  }
}
