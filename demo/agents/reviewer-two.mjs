// The reviewer of the second story misses a specification of the new function.
import { read, reportFindings } from './agent.mjs'

reportFindings(
  read('spec/slug.spec.mjs').includes('plain(')
    ? []
    : [
        {
          severity: 'must-fix',
          angle: 'coverage',
          summary: 'plain is new and used by the search, and nothing specifies it.',
          files: ['spec/slug.spec.mjs'],
        },
      ],
)
