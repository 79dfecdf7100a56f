/**
 * Starting and stopping a local forge: a small GitHub for one machine, everything of it in one folder.
 *
 * It listens on the loopback address only, and answers only those who have a token of one of its
 * accounts. Stopping it loses nothing; starting it again on the same folder continues with the same
 * ids, tokens and host name, and on the same port if that is free.
 */
import { appendFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join, resolve } from 'node:path'
import { renameRepository } from './actions/rename.ts'
import { syncRepository } from './actions/sync.ts'
import { BaseMover } from './base-mover.ts'
import { CheckRunner } from './checks/runner.ts'
import type { Controls } from './control.ts'
import { type EffectLine, EffectLog, readEffects } from './effects.ts'
import type { Snapshot } from './graphql/context.ts'
import { jsonAnswer, send } from './http.ts'
import type { ServerParts } from './job.ts'
import { HOST_HEADER, listen, refuseSecond } from './listen.ts'
import { type Misbehaviour, Misbehaviours } from './misbehave.ts'
import { type QuotaLeft, Quotas } from './quota.ts'
import { Reviewer } from './reviewer/reviewer.ts'
import { demo } from './seeds/demo.ts'
import { plant } from './seeds/plant.ts'
import { type Role, type Seed, USUAL_ACCOUNTS } from './seeds/seed.ts'
import { two } from './seeds/two.ts'
import { handle } from './server.ts'
import { findAccount } from './state/find.ts'
import { openStateFile } from './state/folder.ts'
import { slugOf, World } from './world.ts'

export const SEEDS = { demo, two } as const satisfies Record<string, Seed>
type SeedName = keyof typeof SEEDS

export interface ForgeOptions {
  readonly folder: string
  /** 0, the default, takes the port of the last time, or any that is free. */
  readonly port?: number
  /** The developer's token, if it is not to be drawn. */
  readonly token?: string
  readonly seed?: SeedName | Seed
}

export interface Forge {
  readonly folder: string
  readonly url: string
  readonly graphqlUrl: string
  readonly restUrl: string
  /** Stable name of this forge in targets and records, whatever its port. */
  readonly host: string
  readonly tokens: Readonly<Record<Role, string>>
  readonly logins: Readonly<Record<Role, string>>
  /** What a worker needs in its environment to work on this forge as the developer. */
  readonly environment: Readonly<Record<string, string>>
  /** Slugs of the repositories. */
  readonly repositories: readonly string[]
  /** The issues that were open when it started. */
  readonly issues: readonly { readonly repo: string; readonly number: number; readonly title: string }[]
  gitUrl(repo: string): string
  /** Every write received so far, from the forge's own log. */
  effects(): Promise<readonly EffectLine[]>
  misbehave(rule: Misbehaviour): Promise<void>
  behave(): void
  leaveQuota(login: string, left: QuotaLeft): void
  /** Gives a repository another name; the old one leads to it, as on GitHub. */
  rename(from: string, to: string): Promise<void>
  stop(): Promise<void>
}

export async function startForge(options: ForgeOptions): Promise<Forge> {
  const folder = resolve(options.folder)
  const world = new World(folder, await openStateFile(folder))
  await refuseSecond(folder, world.state.host)
  world.events.on('trouble', (error) => void noteTrouble(folder, error))
  const seed = typeof options.seed === 'string' ? SEEDS[options.seed] : options.seed
  if (seed) await plant(world, seed, options.token ?? null)

  const parts = serverParts(world, folder)
  const inFlight = new Set<Promise<void>>()
  const server = createServer((request, response) => {
    response.setHeader(HOST_HEADER, world.state.host)
    const handling = handle(request, response, parts)
      .catch((error: unknown) => {
        world.events.emit('trouble', error)
        if (!response.headersSent) send(response, jsonAnswer(500, { message: 'The forge failed; see forge.log' }))
      })
      .finally(() => inFlight.delete(handling))
    inFlight.add(handling)
  })
  const port = await listen(server, { folder, wanted: options.port ?? 0 })
  world.origin = `http://127.0.0.1:${port}`
  await world.save()

  const workers = [new CheckRunner(world), new Reviewer(world), new BaseMover(world, parts.effects)]
  for (const worker of workers) worker.start()

  const stop = async () => {
    const closed = new Promise<void>((done) => server.close(() => done()))
    await Promise.allSettled(inFlight)
    server.closeAllConnections()
    await closed
    for (const worker of workers) await worker.stop()
    await world.save()
  }
  const rename = (from: string, to: string) => renameRepository(world, from, to)
  return { ...describeForge(world, options), ...parts.controls, rename, stop }
}

function serverParts(world: World, folder: string): ServerParts {
  const misbehaviours = new Misbehaviours()
  const quotas = new Quotas()
  const controls: Controls = {
    state: world.state,
    misbehave: async (rule) => {
      if (rule.do === 'stale_read') parts.snapshot = await takeSnapshot(world)
      misbehaviours.add(rule)
    },
    behave: () => misbehaviours.clear(),
    leaveQuota: (login, left) => quotas.leave(login, left),
    effects: () => readEffects(folder),
  }
  const parts: ServerParts = { world, effects: new EffectLog(folder), quotas, misbehaviours, controls, snapshot: null }
  return parts
}

async function takeSnapshot(world: World): Promise<Snapshot> {
  const refs = new Map<string, ReadonlyMap<string, string>>()
  for (const repository of world.state.repositories)
    refs.set(slugOf(repository), await syncRepository(world, repository))
  return { state: structuredClone(world.state), refs }
}

function describeForge(world: World, options: ForgeOptions) {
  const url = world.origin
  const accounts = typeof options.seed === 'object' ? options.seed.accounts : USUAL_ACCOUNTS
  const tokens = forRoles((role) => findAccount(world.state, accounts[role].login)?.token ?? '')
  const graphqlUrl = `${url}/api/graphql`
  const restUrl = `${url}/api/v3`
  const environment = {
    GITHUB_GRAPHQL_URL: graphqlUrl,
    GITHUB_API_URL: restUrl,
    GH_TOKEN: tokens.developer,
    GH_HOST: world.state.host,
  }
  return {
    folder: world.folder,
    url,
    graphqlUrl,
    restUrl,
    host: world.state.host,
    tokens,
    logins: forRoles((role) => accounts[role].login),
    environment,
    repositories: world.state.repositories.map(slugOf),
    issues: world.state.repositories.flatMap((repository) => {
      const open = repository.issues.filter((issue) => issue.state === 'OPEN')
      return open.map(({ number, title }) => ({ repo: slugOf(repository), number, title }))
    }),
    gitUrl: (repo: string) => `${url}/${repo}.git`,
  }
}

function forRoles(answer: (role: Role) => string): Record<Role, string> {
  return {
    maintainer: answer('maintainer'),
    developer: answer('developer'),
    reviewer: answer('reviewer'),
    judge: answer('judge'),
    stranger: answer('stranger'),
  }
}

async function noteTrouble(folder: string, error: unknown): Promise<void> {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  await appendFile(join(folder, 'forge.log'), `${new Date().toISOString()} ${text}\n`).catch(() => undefined)
}
