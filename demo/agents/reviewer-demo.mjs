// The reviewer of the first story holds the change against the second item of the checklist.
import { read, reportFindings } from './agent.mjs'

const refuses = read('src/price.js').includes('RangeError') && read('test/price.test.js').includes('RangeError')

reportFindings(
  refuses
    ? []
    : [
        {
          severity: 'must-fix',
          angle: 'correctness',
          summary: 'The issue asks for a RangeError when the weight is not a positive number; it is given a price.',
          files: ['src/price.js'],
        },
      ],
)
