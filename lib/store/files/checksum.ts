/**
 * CRC-32 (the one of zip and PNG), to notice damage: half a write, a lost block, a flipped bit. It does
 * not stop forgery, and nothing here could, since who may write the record may write its checksum.
 *
 * By hand, because loading node:zlib takes longer than reading the whole record. Only who reads many of
 * them, such as a list, gains from loading it.
 */

/** The polynomial 0xedb88320 for each half of a byte; a table for whole bytes takes longer to make than it saves. */
const HALVES = [
  0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c, 0xedb88320,
  0xf00f9344, 0xd6d6a3e8, 0xcb61b38c, 0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
] as const

const MANY = 100
let asked = 0

/** Eight hexadecimal digits over the UTF-8 bytes of the text. */
export function checksum(text: string): string {
  asked += 1
  const rest = asked > MANY ? process.getBuiltinModule('node:zlib').crc32(text) : byHand(text)
  return rest.toString(16).padStart(8, '0')
}

function byHand(text: string): number {
  const bytes = Buffer.from(text)
  let rest = 0xffffffff
  // Without iterator and calls: this runs before V8 has compiled it, and is the longest loop of a fast command.
  for (let at = 0; at < bytes.length; at += 1) {
    rest ^= bytes[at] ?? 0
    rest = (HALVES[rest & 15] ?? 0) ^ (rest >>> 4)
    rest = (HALVES[rest & 15] ?? 0) ^ (rest >>> 4)
  }
  return ~rest >>> 0
}
