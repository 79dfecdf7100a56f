import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openGitStore } from '../../lib/store/git/open-git-store.ts'
import { describeStore } from './store-suite.ts'

const inFolder = async () => {
  const folder = mkdtempSync(join(tmpdir(), 'dev-loops-git-store-'))
  const url = join(folder, 'remote.git')
  execFileSync('git', ['init', '--quiet', '--bare', url])
  const again = () => openGitStore({ url, folder: join(folder, 'state') })
  return { store: again(), again, close: async () => rmSync(folder, { recursive: true, force: true }) }
}

// Each change starts git, and its journal has no segments whose borders would have to be passed.
describeStore('git store in a folder', inFolder, { journalLength: 30 })
