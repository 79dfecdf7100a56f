import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** The stories of the whole loop take longest, so they do not begin when everything else is done. */
class StoriesFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    const rank = ({ moduleId }: TestSpecification) => FIRST.findLastIndex((name) => moduleId.includes(name))
    return [...sorted].sort((a, b) => rank(b) - rank(a))
  }
}

/** What takes longest stands last, and begins first. */
const FIRST = ['/test/git/', '/test/dispatch/', '/test/e2e/', '/test/e2e/displaced', '/test/e2e/crash']

// Certificates of an outside that no test talks to; reading them takes longer than starting Node, and the
// stories start a thousand processes.
delete process.env.NODE_EXTRA_CA_CERTS

/** Nothing here changes the process it runs in, so these files share one and load what they test once. */
const TOGETHER = ['config', 'facts', 'gates', 'loop', 'model', 'ownership', 'sessions'].map(
  (room) => `test/${room}/**/*.test.ts`,
)

/** Whole loops, kills, pauses and contention: a minute each, so `npm test` leaves them to `npm run test:stories`. */
const STORIES = ['chaos', 'e2e'].map((room) => `test/${room}/**/*.test.ts`)

export default defineConfig({
  test: {
    projects: [
      { extends: true, test: { name: 'together', include: TOGETHER, isolate: false } },
      { extends: true, test: { name: 'alone', include: ['test/**/*.test.ts'], exclude: [...TOGETHER, ...STORIES] } },
      { extends: true, test: { name: 'stories', include: STORIES } },
    ],
    // Real git repositories, processes and forges: slower than the default of 5 s on a busy machine.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'forks',
    // Much of that is waiting for others, so more files than processors can be under way.
    maxWorkers: availableParallelism() + 1,
    globalSetup: ['test/support/build-once.ts'],
    sequence: { sequencer: StoriesFirst },
  },
})
