/**
 * SHA-256 of a text, as hexadecimal digits (FIPS 180-4).
 *
 * By hand, because loading node:crypto takes longer than a whole decision from saved facts, whose rules compare
 * digests of verdicts. Who has loaded node:crypto anyway asks that.
 */

/** The first 32 bits of the fractional parts of the cube roots of the first 64 primes. */
const ROUNDS = [
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98,
  0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786,
  0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8,
  0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
  0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819,
  0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
  0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
  0xc67178f2,
] as const

/** The same of the square roots of the first eight. */
const START = [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19] as const

const BLOCK_BYTES = 64
/** Of the length in bits, at the end of the last block. */
const LENGTH_BYTES = 8

export function sha256Hex(text: string): string {
  const state = new Uint32Array(START)
  const bytes = padded(Buffer.from(text))
  const words = new Uint32Array(ROUNDS.length)
  for (let at = 0; at < bytes.length; at += BLOCK_BYTES) {
    for (let i = 0; i < 16; i += 1) words[i] = bytes.readUInt32BE(at + 4 * i)
    expand(words)
    mix(state, words)
  }
  return [...state].map((word) => word.toString(16).padStart(8, '0')).join('')
}

/** One bit, then as many zeros as it takes, then the length. */
function padded(message: Buffer): Buffer {
  const blocks = Math.ceil((message.length + 1 + LENGTH_BYTES) / BLOCK_BYTES)
  const bytes = Buffer.alloc(blocks * BLOCK_BYTES)
  message.copy(bytes)
  bytes[message.length] = 0x80
  bytes.writeUInt32BE((message.length * 8) >>> 0, bytes.length - 4)
  bytes.writeUInt32BE(Math.floor((message.length * 8) / 2 ** 32), bytes.length - LENGTH_BYTES)
  return bytes
}

function expand(words: Uint32Array): void {
  for (let i = 16; i < words.length; i += 1) {
    const early = words[i - 15] ?? 0
    const late = words[i - 2] ?? 0
    const first = ((early >>> 7) | (early << 25)) ^ ((early >>> 18) | (early << 14)) ^ (early >>> 3)
    const second = ((late >>> 17) | (late << 15)) ^ ((late >>> 19) | (late << 13)) ^ (late >>> 10)
    words[i] = (words[i - 16] ?? 0) + first + (words[i - 7] ?? 0) + second
  }
}

/** The letters are those of the standard. Rotations are written out: this runs before V8 has compiled it. */
function mix(state: Uint32Array, words: Uint32Array): void {
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state
  for (let i = 0; i < words.length; i += 1) {
    const choice = (e & f) ^ (~e & g)
    const majority = (a & b) ^ (a & c) ^ (b & c)
    const sumE = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7))
    const sumA = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10))
    const step = (h + sumE + choice + (ROUNDS[i] ?? 0) + (words[i] ?? 0)) | 0
    h = g
    g = f
    f = e
    e = (d + step) | 0
    d = c
    c = b
    b = a
    a = (step + sumA + majority) | 0
  }
  const mixed = [a, b, c, d, e, f, g, h]
  for (const [at, word] of mixed.entries()) state[at] = (state[at] ?? 0) + word
}
