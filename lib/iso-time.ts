/**
 * An instant as ISO 8601 text in UTC, as `Date.prototype.toISOString` writes it.
 *
 * By hand, because the first call of that one takes a quarter of a millisecond in each process, which is more
 * than reading a record does. Only for instants of our clocks: the years 1970 to 9999.
 */
const DAY_MS = 86_400_000
const DAYS_OF_400_YEARS = 146_097
/** From 1 March of the year 0 to 1970: counted from a March, the leap day is the last day of a year. */
const DAYS_BEFORE_1970 = 719_468

/** @param ms since 1970; fractions are dropped */
export function isoTime(ms: number): string {
  const whole = Math.floor(ms)
  const day = Math.floor(whole / DAY_MS)
  const ofDay = whole - day * DAY_MS
  const seconds = Math.floor(ofDay / 1_000)
  const minutes = Math.floor(seconds / 60)
  const clock = `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}:${two(seconds % 60)}`
  return `${isoDate(day)}T${clock}.${String(ofDay % 1_000).padStart(3, '0')}Z`
}

/** @param day counted from 1970; the arithmetic is that of the proleptic Gregorian calendar */
function isoDate(day: number): string {
  const shifted = day + DAYS_BEFORE_1970
  const cycle = Math.floor(shifted / DAYS_OF_400_YEARS)
  const ofCycle = shifted - cycle * DAYS_OF_400_YEARS
  const years = ofCycle - Math.floor(ofCycle / 1_460) + Math.floor(ofCycle / 36_524) - Math.floor(ofCycle / 146_096)
  const yearOfCycle = Math.floor(years / 365)
  const ofYear = ofCycle - 365 * yearOfCycle - Math.floor(yearOfCycle / 4) + Math.floor(yearOfCycle / 100)
  // Five months from March, and again from August, have 153 days.
  const fromMarch = Math.floor((5 * ofYear + 2) / 153)
  const dayOfMonth = ofYear - Math.floor((153 * fromMarch + 2) / 5) + 1
  const month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9
  const year = 400 * cycle + yearOfCycle + (month <= 2 ? 1 : 0)
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(dayOfMonth)}`
}

function two(value: number): string {
  return value < 10 ? `0${value}` : String(value)
}
