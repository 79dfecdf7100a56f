/**
 * What every part of the forge shares while it runs: its memory, its repositories, its clock.
 */
import { EventEmitter } from 'node:events'
import { bareFolder } from './git/bare.ts'
import { Objects } from './git/objects.ts'
import type { StateFile } from './state/folder.ts'
import type { ForgeState, Pull, Repository } from './state/model.ts'

/** What has just happened, for those that act by themselves: checks, reviewer, the seed's person. */
interface WorldEvents {
  /** A pull request has a head that it had not before. */
  head: [repository: Repository, pull: Pull]
  reviewRequested: [repository: Repository, pull: Pull]
  checkFinished: [repository: Repository]
  /** Something that the forge does by itself failed; nobody is waiting for an answer. */
  trouble: [error: unknown]
}

export class World {
  readonly events = new EventEmitter<WorldEvents>()
  /** Of each pull request: which base and head were last asked about, and how often. */
  readonly mergeabilityReads = new Map<number, { pair: string; reads: number }>()
  readonly #objects = new Map<string, Objects>()
  readonly #queues = new Map<string, Promise<unknown>>()
  #lastAtMs = 0
  origin = ''

  constructor(
    readonly folder: string,
    readonly file: StateFile,
  ) {}

  get state(): ForgeState {
    return this.file.state
  }

  /** For work that nobody waits for: a failure is told instead of thrown. */
  async quietly(work: Promise<void>): Promise<void> {
    try {
      await work
    } catch (error) {
      this.events.emit('trouble', error)
    }
  }

  save(): Promise<void> {
    return this.file.save()
  }

  nextId(): number {
    return this.state.nextId++
  }

  /** GitHub's instants have whole seconds; two things that happen one after the other may share one. */
  now(): string {
    this.#lastAtMs = Math.max(this.#lastAtMs, Date.now())
    return `${new Date(this.#lastAtMs).toISOString().slice(0, 19)}Z`
  }

  objects(slug: string): Objects {
    const key = slug.toLowerCase()
    const kept = this.#objects.get(key)
    if (kept) return kept
    const objects = new Objects(bareFolder(this.folder, key))
    this.#objects.set(key, objects)
    return objects
  }

  /** Runs after everything else that was given the same name has ended. */
  async oneAtATime<T>(name: string, work: () => Promise<T>): Promise<T> {
    const before = this.#queues.get(name) ?? Promise.resolve()
    const mine = before.catch(() => undefined).then(work)
    this.#queues.set(name, mine)
    return mine
  }
}

export function slugOf(repository: Repository): string {
  return `${repository.owner}/${repository.name}`
}
