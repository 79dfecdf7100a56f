import { existsSync } from 'node:fs'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { checkCommand } from '../../lib/forge/checks/policy.ts'
import { startForge } from '../../lib/forge/forge.ts'
import { demo } from '../../lib/forge/seeds/demo.ts'
import type { Seed } from '../../lib/forge/seeds/seed.ts'
import { openPull } from './stage.ts'
import { aClone, aForge, type Clone, data, type Loose, type Started, until } from './with-forge.ts'

const REPO = 'acme/parcel-price'
const ended: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const end of ended.splice(0).reverse()) await end()
})

function withCommand(command: readonly string[], files: Record<string, string> = {}): Seed {
  return { ...demo, files: { ...files, '.devloops': `version: 1\nchecks:\n  command: ${JSON.stringify(command)}\n` } }
}

async function aPull(seed: Seed | 'demo', files: Record<string, string>): Promise<{ started: Started; clone: Clone }> {
  const started = await aForge({ seed })
  ended.push(started.end)
  const clone = await aClone(started.forge, REPO)
  ended.push(clone.remove)
  await clone.git('switch', '--quiet', '--create', 'work')
  await clone.commit(files)
  await clone.git('push', '--quiet', 'origin', 'HEAD')
  const { repository } = await data(started.forge, 'query { repository(owner: "acme", name: "parcel-price") { id } }')
  await openPull(started, repository.id, 'work')
  return { started, clone }
}

async function runs({ forge }: Pick<Started, 'forge'>): Promise<Loose[]> {
  const query = `query { repository(owner: "acme", name: "parcel-price") { pullRequest(number: 2) { headRefOid
    commits(last: 1) { nodes { commit { oid checkSuites(first: 5) { totalCount } statusCheckRollup { state contexts(first: 9) {
      nodes { ... on CheckRun { name status conclusion title summary text checkSuite { app { slug } } } } } } } } } } } }`
  const { commit } = (await data(forge, query)).repository.pullRequest.commits.nodes[0]
  return (commit.statusCheckRollup?.contexts.nodes ?? []).map((run: Loose) => ({
    ...run,
    rollup: commit.statusCheckRollup.state,
  }))
}

function finished(started: Pick<Started, 'forge'>): Promise<Loose> {
  return until('the check is completed', async () => (await runs(started)).find((run) => run.status === 'COMPLETED'))
}

describe('the check of a head', () => {
  it('is red with what the command printed when the command fails', async () => {
    const { started } = await aPull('demo', { 'src/price.js': 'export const price = () => 1\n' })
    const run = await finished(started)
    expect(run).toMatchObject({
      conclusion: 'FAILURE',
      rollup: 'FAILURE',
      checkSuite: { app: { slug: 'local-checks' } },
    })
    expect(run.summary).toContain('a light parcel has the small price')
  })

  it('is green when the command ends with 0', async () => {
    const { started } = await aPull(withCommand(['node', '-e', 'console.log("fine")']), { 'a.md': 'a\n' })
    expect(await finished(started)).toMatchObject({ conclusion: 'SUCCESS', rollup: 'SUCCESS', text: 'fine\n' })
  })

  it('runs the command of the base branch whatever the head says', async () => {
    const { started } = await aPull(withCommand(['node', '-e', 'console.log("base")']), {
      '.devloops': 'version: 1\nchecks:\n  command: [node, -e, "console.log(1)"]\n',
    })
    expect((await finished(started)).text).toBe('base\n')
  })

  it.each([
    ['an anchor', 'checks: { command: &c [node] }'],
    ['a tag', 'checks: { command: !x [node] }'],
    ['a key twice', 'checks: { command: [node] }\nchecks: { command: [node] }'],
    ['a hundred thousand levels', `checks: { command: [node] }\nx: ${'['.repeat(100_000)}`],
  ])('is not started by a policy with %s, which no rule is read from either', async (_what, text) => {
    const objects = (policy: string) => ({
      fileAt: async (_oid: string, name: string) => (name === '.devloops' ? policy : null),
    })
    expect(await checkCommand(objects('checks: { command: [node] }'), 'base')).toEqual(['node'])
    expect(await checkCommand(objects(text), 'base')).toBeNull()
  })

  it('sees no token and nothing of the environment of the forge', async () => {
    process.env.FORGE_SECRET = 'do-not-show'
    const print = 'console.log(Object.keys(process.env).sort().join())'
    const { started } = await aPull(withCommand(['node', '-e', print]), { 'a.md': 'a\n' })
    delete process.env.FORGE_SECRET
    expect((await finished(started)).text.trim()).toBe('CI,HOME,LANG,PATH,TMPDIR')
  })

  it('says that a command could not be started', async () => {
    const { started } = await aPull(withCommand(['no-such-program-here']), { 'a.md': 'a\n' })
    expect(await finished(started)).toMatchObject({
      conclusion: 'FAILURE',
      title: 'no-such-program-here could not be started',
    })
  })

  it('is not made where the base branch names no command', async () => {
    const { started } = await aPull({ ...demo, files: { 'README.md': '#\n' } }, { 'a.md': 'a\n' })
    // Stopping waits for whatever was about to be started.
    await started.forge.stop()
    expect(JSON.parse(await stateText(started)).repositories[0].checkSuites).toEqual([])
  })

  it('is started once for a head, however often it is looked at', async () => {
    const { started } = await aPull('demo', { 'a.md': 'a\n' })
    await Promise.all(Array.from({ length: 5 }, () => runs(started)))
    await finished(started)
    expect(await runs(started)).toHaveLength(1)
  })

  it('that was cut off by a stop is run again after the start, and ends', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'forge-gate-'))
    ended.push(() => rm(folder, { recursive: true, force: true }))
    const gate = join(folder, 'open')
    const wait = `const fs=require('node:fs');fs.writeFileSync('${gate}.seen','');setInterval(()=>fs.existsSync('${gate}')&&process.exit(0),20)`
    const { started } = await aPull(withCommand(['node', '-e', wait]), { 'a.md': 'a\n' })
    await until('the command runs', async () => existsSync(`${gate}.seen`))
    expect((await runs(started))[0].status).toBe('IN_PROGRESS')
    await started.forge.stop()

    await writeFile(gate, '')
    const again = await startForge({ folder: started.folder })
    ended.push(again.stop)
    expect((await finished({ forge: { ...again, tokens: started.forge.tokens } })).conclusion).toBe('SUCCESS')
  })

  it('that outlived a killed forge is ended before it is run again', async () => {
    const place = await mkdtemp(join(tmpdir(), 'forge-gate-'))
    ended.push(() => rm(place, { recursive: true, force: true }))
    const pids = join(place, 'pids')
    const wait = `require('node:fs').appendFileSync('${pids}',process.pid+'\\n');setTimeout(()=>{},1e8)`
    const { started } = await aPull(withCommand(['node', '-e', wait]), { 'a.md': 'a\n' })
    const first = await until('the command runs', async () => (await pidsIn(pids))[0])
    await until('its process is in the state', async () => (await stateText(started)).includes(`"pid": ${first}`))
    const copy = join(place, 'copy')
    await cp(started.folder, copy, { recursive: true })
    await rm(join(copy, 'port'))

    const again = await startForge({ folder: copy })
    ended.push(again.stop)
    await until('it runs once more', async () => (await pidsIn(pids))[1])
    expect(isAlive(first)).toBe(false)
  })
})

async function pidsIn(file: string): Promise<number[]> {
  return existsSync(file) ? (await readFile(file, 'utf8')).split('\n').filter(Boolean).map(Number) : []
}

function stateText({ folder }: Started): Promise<string> {
  return readFile(join(folder, 'state.json'), 'utf8')
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
