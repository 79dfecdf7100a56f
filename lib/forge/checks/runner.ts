/**
 * The forge's CI: each new head of a pull request is checked once by the repository's own command.
 *
 * A head that has a suite is never given another, so a head is checked by one process at most. A
 * suite that was not finished when the forge stopped is run again from its start.
 */
import { bareFolder } from '../git/bare.ts'
import type { CheckRun, CheckSuite, Pull, Repository } from '../state/model.ts'
import { slugOf, type World } from '../world.ts'
import { clearLeftover } from './leftover.ts'
import { checkCommand } from './policy.ts'
import { type CommandResult, runCommand } from './run-command.ts'

const CHECK_APP = 'local-checks'
const CHECK_NAME = 'check'
const AT_ONCE = 2
const TIME_LIMIT_MS = 5 * 60_000
const MAX_SUMMARY = 6000

export class CheckRunner {
  readonly #stopping = new AbortController()
  readonly #queue: { repository: Repository; suite: CheckSuite }[] = []
  readonly #running = new Set<Promise<void>>()
  readonly #asking = new Set<Promise<void>>()

  constructor(readonly world: World) {}

  start(): void {
    this.world.events.on('head', this.#onHead)
    for (const repository of this.world.state.repositories) {
      for (const suite of repository.checkSuites) {
        if (suite.run.status === 'COMPLETED') continue
        this.#queue.push({ repository, suite })
      }
    }
    this.#next()
  }

  async stop(): Promise<void> {
    this.world.events.off('head', this.#onHead)
    this.#stopping.abort()
    await Promise.allSettled([...this.#running, ...this.#asking])
  }

  readonly #onHead = (repository: Repository, pull: Pull) => {
    const asking = this.world.quietly(this.#enqueue(repository, pull)).finally(() => this.#asking.delete(asking))
    this.#asking.add(asking)
  }

  async #enqueue(repository: Repository, pull: Pull): Promise<void> {
    const oid = pull.headOid
    const objects = this.world.objects(slugOf(repository))
    const base = (await objects.resolve(`refs/heads/${pull.baseRef}`))?.oid ?? pull.baseOid
    const command = await checkCommand(objects, base)
    const known = repository.checkSuites.some((suite) => suite.oid === oid && suite.app === CHECK_APP)
    if (!command || known || this.#stopping.signal.aborted) return

    const suite = blankSuite(this.world, oid)
    repository.checkSuites.push(suite)
    this.#queue.push({ repository, suite })
    await this.world.save()
    this.#next()
  }

  #next(): void {
    while (this.#running.size < AT_ONCE && !this.#stopping.signal.aborted) {
      const job = this.#queue.shift()
      if (!job) return
      const running = this.world.quietly(this.#check(job.repository, job.suite)).finally(() => {
        this.#running.delete(running)
        this.#next()
      })
      this.#running.add(running)
    }
  }

  async #check(repository: Repository, suite: CheckSuite): Promise<void> {
    const { world } = this
    await clearLeftover(suite.run)
    const command = await this.#commandFor(repository, suite)
    Object.assign(suite.run, { status: 'IN_PROGRESS', startedAt: world.now() })
    suite.updatedAt = world.now()
    await world.save()

    const gitDir = bareFolder(world.folder, slugOf(repository).toLowerCase())
    const result = await runCommand({
      gitDir,
      oid: suite.oid,
      command,
      timeLimitMs: TIME_LIMIT_MS,
      signal: this.#stopping.signal,
      onStarted: (started) => {
        suite.run.process = started
        void world.quietly(world.save())
      },
    })
    delete suite.run.process
    if (result.ended === 'cancelled') return

    Object.assign(suite.run, reportOf(command, result), { status: 'COMPLETED', completedAt: world.now() })
    suite.updatedAt = world.now()
    await world.save()
    world.events.emit('checkFinished', repository)
  }

  async #commandFor(repository: Repository, suite: CheckSuite): Promise<readonly string[]> {
    const pull = repository.pulls.find((one) => one.headOid === suite.oid)
    const base = pull?.baseRef ?? repository.defaultBranch
    const objects = this.world.objects(slugOf(repository))
    const tip = await objects.resolve(`refs/heads/${base}`)
    return (tip && (await checkCommand(objects, tip.oid))) ?? []
  }
}

function blankSuite(world: World, oid: string): CheckSuite {
  const at = world.now()
  const run: CheckRun = {
    id: world.nextId(),
    name: CHECK_NAME,
    status: 'QUEUED',
    conclusion: null,
    startedAt: null,
    completedAt: null,
    title: null,
    summary: null,
    text: null,
  }
  return { id: world.nextId(), oid, app: CHECK_APP, createdAt: at, updatedAt: at, run }
}

function reportOf(command: readonly string[], result: CommandResult): Partial<CheckRun> {
  const shown = command.join(' ')
  const passed = result.ended === 'passed'
  const conclusion = passed ? 'SUCCESS' : result.ended === 'timed_out' ? 'TIMED_OUT' : 'FAILURE'
  return { conclusion, title: titleOf(shown, result), summary: result.output.slice(-MAX_SUMMARY), text: result.output }
}

function titleOf(shown: string, result: CommandResult): string {
  if (result.ended === 'passed') return `${shown} passed`
  if (result.ended === 'timed_out') return `${shown} was ended after ${TIME_LIMIT_MS / 1000} s`
  if (result.ended === 'not_started') return `${shown} could not be started`
  return `${shown} failed with exit code ${result.exitCode}`
}
