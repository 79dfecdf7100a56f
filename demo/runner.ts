/** `dev-loops run` as a process: what it says, what can be waited for, and how it is killed. */
import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Report } from './report.ts'
import { CLI } from './setting.ts'

interface Ended {
  readonly exit: number | null
  readonly message: string
}

export interface Runner {
  /** Number of the pull request, as soon as the run works on one that it holds. */
  whenPullRequest(): Promise<number>
  /** The run has started an agent for this step. */
  whenAgentWorksOn(step: string): Promise<void>
  kill(): void
  readonly ended: Promise<Ended>
}

interface Progress {
  readonly progress: string
  readonly step?: string | null
  readonly target?: string
  readonly state?: string
  readonly agent?: string
}

interface Setting {
  readonly cwd: string
  readonly env: NodeJS.ProcessEnv
  readonly report: Report
}

export function startRunner(words: readonly string[], { cwd, env, report }: Setting): Runner {
  const name = words.at(-1) ?? 'run'
  const child = spawn(process.execPath, [CLI, 'run', ...words, '--until-eof', '--json'], {
    cwd,
    env,
    // Its end of a pipe is all that a killed demo leaves to say that the run is to stop.
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const seen: Progress[] = []
  const waiting: { fits: (progress: Progress) => boolean; done: (progress: Progress) => void }[] = []
  createInterface({ input: child.stderr }).on('line', (line) => {
    const progress = parse(line)
    report.progress(name, progress.progress, { ...progress })
    seen.push(progress)
    for (const each of waiting) if (each.fits(progress)) each.done(progress)
  })
  const ended = endOf(child)

  function when(fits: (progress: Progress) => boolean): Promise<Progress> {
    const before = seen.find(fits)
    const later = new Promise<Progress>((done) => waiting.push({ fits, done }))
    const never = ended.then(({ message }) => Promise.reject(new Error(`run ${name} ended too early: ${message}`)))
    return before === undefined ? Promise.race([later, never]) : Promise.resolve(before)
  }

  return {
    ended,
    whenPullRequest: async () => {
      const issue = words[words.indexOf('--issue') + 1]
      const held = ({ target, step }: Progress) =>
        target !== undefined && !target.endsWith(`#${issue}`) && step !== 'claim' && step !== undefined
      const { target = '' } = await when(held)
      return Number(target.split('#')[1])
    },
    whenAgentWorksOn: async (step) => void (await when(({ agent }) => agent === step)),
    kill: () => void child.kill('SIGKILL'),
  }
}

function parse(line: string): Progress {
  try {
    const parsed: unknown = JSON.parse(line)
    if (typeof parsed === 'object' && parsed !== null && 'progress' in parsed) return parsed as Progress
  } catch {
    // Not ours: shown as it is.
  }
  return { progress: line }
}

function endOf(child: ChildProcess): Promise<Ended> {
  let stdout = ''
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  return new Promise((done) => {
    child.once('close', (exit) => done({ exit, message: messageOf(stdout) }))
  })
}

function messageOf(stdout: string): string {
  try {
    const answer: unknown = JSON.parse(stdout)
    if (typeof answer === 'object' && answer !== null && 'message' in answer) return String(answer.message)
    if (typeof answer === 'object' && answer !== null && 'status' in answer) return String(answer.status)
  } catch {
    // It was killed before it could say anything.
  }
  return stdout.trim()
}
