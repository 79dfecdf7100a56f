// The developer of the first story: careless at first, then thorough, one repair at a time.
import { append, commit, replace, report, step, threads } from './agent.mjs'

const FILE = 'src/price.js'

const STEPS = {
  implement() {
    // Forgets the second limit, so that a check fails.
    replace(FILE, 'weightGrams < 2000', 'weightGrams <= 2000')
    commit('Give a parcel of exactly two kilograms the small price')
  },
  fix_checks() {
    replace(FILE, 'weightGrams < 10000', 'weightGrams <= 10000')
    commit('Give a parcel of exactly ten kilograms the middle price')
  },
  fix_gate() {
    replace(
      FILE,
      'export function price(weightGrams) {\n',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: it is written into a program
      'export function price(weightGrams) {\n  if (!(weightGrams > 0)) throw new RangeError(`not a weight: ${weightGrams}`)\n',
    )
    append(
      'test/price.test.js',
      "\ntest('a weight that is not a positive number is refused', () => {\n  for (const weight of [0, -1, Number.NaN, 'heavy']) assert.throws(() => price(weight), RangeError)\n})\n",
    )
    commit('Refuse a weight that is not a positive number')
  },
  address_review_feedback() {
    replace(
      FILE,
      '// What it costs to send a parcel, in cents.\n',
      '// What it costs to send a parcel, in cents. A weight must be positive; anything else is a RangeError.\n\nconst SMALL_GRAMS = 2000\nconst MIDDLE_GRAMS = 10000\n',
    )
    replace(FILE, 'weightGrams <= 2000', 'weightGrams <= SMALL_GRAMS')
    replace(FILE, 'weightGrams <= 10000', 'weightGrams <= MIDDLE_GRAMS')
    commit('Name the limits and state what a weight must be')
    const said = ['The limits have names now.', 'The comment states the contract now.']
    return threads.map(({ id }, index) => ({ thread: id, body: said[index] ?? 'Done.' }))
  },
  commit_work() {
    commit('Keep the work that was begun')
  },
}

const answers = STEPS[step]?.() ?? []
report(`did ${step}`, answers)
