import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/**
 * The stories of the whole loop take longest, so they do not begin when everything else is done. And starting
 * git costs the more the larger the process is that starts it, so the rooms of git come while processes are small.
 */
class StoriesFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    const rank = ({ moduleId }: TestSpecification) => FIRST.findLastIndex((name) => moduleId.includes(name))
    return [...sorted].sort((a, b) => rank(b) - rank(a))
  }
}

/** What begins first stands last. */
const FIRST = [
  ...['/test/forge/', '/test/store/', '/test/conformance/store-git', '/test/git/', '/test/dispatch/agent/'],
  ...['/test/model/', '/test/proofs/', '/test/e2e/', '/test/e2e/displaced', '/test/e2e/crash'],
]

// Certificates of an outside that no test talks to; reading them takes longer than starting Node, and the
// stories start a thousand processes.
delete process.env.NODE_EXTRA_CA_CERTS

/** Whole loops, kills, pauses and contention: a minute each, so `npm test` leaves them to `npm run test:stories`. */
const STORIES = ['chaos', 'e2e'].map((room) => `test/${room}/**/*.test.ts`)

/** They leave hundreds of megabytes behind, so their processes end with them. */
const MODELS = 'test/model/**/*.test.ts'

/** Every order and every walk, which is a minute and a half of computing: `npm run test:proofs`. */
const PROOFS = 'test/proofs/**/*.test.ts'

export default defineConfig({
  test: {
    projects: [
      // A process takes one file after the other and loads once what they test, above all GitHub's schema. So a
      // file leaves its process as it was; hooks stand in the test file, since another module is run only once.
      {
        extends: true,
        test: {
          name: 'together',
          include: ['test/**/*.test.ts'],
          exclude: [MODELS, PROOFS, ...STORIES],
          isolate: false,
        },
      },
      { extends: true, test: { name: 'alone', include: [MODELS] } },
      { extends: true, test: { name: 'proofs', include: [PROOFS] } },
      { extends: true, test: { name: 'stories', include: STORIES } },
    ],
    // Real git repositories, processes and forges: slower than the default of 5 s on a busy machine.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'forks',
    // Much of that is waiting for others, so more files than processors can be under way.
    maxWorkers: availableParallelism() + 1,
    globalSetup: ['test/support/build-once.ts', 'test/support/temp-folder.ts'],
    sequence: { sequencer: StoriesFirst },
  },
})
