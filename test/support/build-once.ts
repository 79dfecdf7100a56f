import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** Tests that start processes use the bundled output; it must be that of the source under test. */
export default function buildOnce(): void {
  if (existsSync(`${root}dist/commands.json`) && newest() < statSync(`${root}dist/commands.json`).mtimeMs) return
  execFileSync(process.execPath, ['--import', 'tsx', 'build/build.ts'], { cwd: root, stdio: 'inherit' })
}

function newest(): number {
  const files = ['lib', 'scripts', 'cli', 'build'].flatMap((folder) =>
    readdirSync(`${root}${folder}`, { recursive: true, encoding: 'utf8' }).map((file) => `${root}${folder}/${file}`),
  )
  return Math.max(...files.map((file) => statSync(file).mtimeMs))
}
