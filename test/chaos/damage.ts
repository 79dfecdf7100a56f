/**
 * Ways in which bytes go wrong on a disk, chosen by chance that can be repeated.
 */

export interface Damage {
  readonly what: string
  readonly bytes: Buffer
}

type Random = () => number
type Kind = (bytes: Buffer, random: Random) => Buffer

const at = (bytes: Buffer, random: Random) => Math.floor(random() * bytes.length)

const KINDS: Readonly<Record<string, Kind>> = {
  'a flipped bit': (bytes, random) =>
    withByte(bytes, at(bytes, random), (byte) => byte ^ (1 << Math.floor(random() * 8))),
  'another byte': (bytes, random) => withByte(bytes, at(bytes, random), () => Math.floor(random() * 256)),
  'another digit': (bytes, random) => {
    const digits = [...bytes.keys()].filter((index) => /[0-9]/.test(String.fromCharCode(bytes[index] ?? 0)))
    const index = digits[Math.floor(random() * digits.length)] ?? 0
    return withByte(bytes, index, () => 48 + Math.floor(random() * 10))
  },
  'a block of zeros': (bytes, random) => {
    const from = at(bytes, random)
    return Buffer.concat([bytes.subarray(0, from), Buffer.alloc(bytes.length - from)])
  },
  'a lost piece': (bytes, random) => {
    const from = at(bytes, random)
    return Buffer.concat([bytes.subarray(0, from), bytes.subarray(from + 1 + Math.floor(random() * 64))])
  },
  'a doubled piece': (bytes, random) => {
    const from = at(bytes, random)
    return Buffer.concat([bytes.subarray(0, from + 1 + Math.floor(random() * 64)), bytes.subarray(from)])
  },
  'bytes of something else': (bytes, random) => {
    const from = at(bytes, random)
    const other = Buffer.from(Array.from({ length: 1 + Math.floor(random() * 32) }, () => Math.floor(random() * 256)))
    return Buffer.concat([bytes.subarray(0, from), other, bytes.subarray(from + other.length)])
  },
  'something after its end': (bytes, random) =>
    Buffer.concat([bytes, Buffer.from(random() < 0.5 ? '{"sequence":1}\n' : '\u0000\n')]),
}

export function damageAtRandom(bytes: Buffer, random: Random): Damage {
  const names = Object.keys(KINDS)
  const what = names[Math.floor(random() * names.length)] ?? ''
  return { what, bytes: KINDS[what]?.(bytes, random) ?? bytes }
}

/** Each beginning of the bytes, from nothing to all but the last. */
export function* truncations(bytes: Buffer, every = 1): Generator<Damage> {
  for (let length = 0; length < bytes.length; length += every) {
    yield { what: `cut off after ${length} of ${bytes.length} bytes`, bytes: bytes.subarray(0, length) }
  }
}

function withByte(bytes: Buffer, index: number, change: (byte: number) => number): Buffer {
  const changed = Buffer.from(bytes)
  changed[index] = change(bytes[index] ?? 0)
  return changed
}
