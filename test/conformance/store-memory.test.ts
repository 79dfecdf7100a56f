import { openMemoryStore } from '../../lib/store/memory.ts'
import { describeStore } from './store-suite.ts'

describeStore('memory store', async () => {
  const store = openMemoryStore()
  return { store, again: () => store, close: async () => {} }
})
