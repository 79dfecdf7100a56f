import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openFileStore } from '../../lib/store/files/open-file-store.ts'
import { describeStore } from './store-suite.ts'

describeStore('file store', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'dev-loops-store-'))
  const again = () => openFileStore(join(folder, 'state'), { scope: 'machine' })
  return { store: again(), again, close: async () => rmSync(folder, { recursive: true, force: true }) }
})
