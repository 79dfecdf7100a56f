// What every scripted agent of the demo needs: its prompt, the worktree it stands in, git, its report.
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'

/** The prompt comes on stdin, as for any agent. */
export const prompt = readFileSync(0, 'utf8')

export const step = /^Step: (\S+)$/m.exec(prompt)?.[1] ?? 'review'

/** Review threads named in the prompt, in order. */
export const threads = [...prompt.matchAll(/Thread "([^"]+)" on "([^"]+)"/g)].map(([, id, path]) => ({ id, path }))

export function read(file) {
  return readFileSync(file, 'utf8')
}

/** Replaces text that must be there, or changes nothing when it was replaced before. */
export function replace(file, from, to) {
  const text = read(file)
  if (text.includes(to)) return
  if (!text.includes(from)) throw new Error(`${file} does not hold what was to be replaced`)
  writeFileSync(
    file,
    text.replace(from, () => to),
  )
}

export function append(file, text) {
  if (!read(file).includes(text.trim())) writeFileSync(file, `${read(file).trimEnd()}\n${text}`)
}

export function commit(message) {
  execFileSync('git', ['add', '--all'])
  const changed = execFileSync('git', ['status', '--porcelain'], { encoding: 'utf8' }).trim() !== ''
  if (changed) execFileSync('git', ['commit', '--quiet', '--message', message])
  console.log(changed ? `committed: ${message}` : 'nothing to commit')
}

export function report(summary, answers = []) {
  writeFileSync(process.env.DEV_LOOPS_RESULT, JSON.stringify({ schema: 1, summary, answers }))
}

export function reportFindings(findings) {
  writeFileSync(process.env.DEV_LOOPS_RESULT, JSON.stringify({ schema: 1, findings }))
  console.log(`${findings.length} findings`)
}
