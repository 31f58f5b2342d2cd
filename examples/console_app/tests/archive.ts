// A pack as an archive, as somebody has it on disk.
import { randomBytes } from 'node:crypto'
import { gzipSync } from 'node:zlib'

const BLOCK = 512

/** A gzip-compressed tar of a pack, with so many bytes that do not compress. */
export function pack(name: string, bytes: number): Buffer {
  const manifest = Buffer.from(`name: ${name}\nversion: 1.0.0\n`)
  const end = Buffer.alloc(2 * BLOCK)
  return gzipSync(Buffer.concat([entry('pack.yaml', manifest), entry('data/blob.bin', randomBytes(bytes)), end]))
}

function entry(path: string, content: Buffer): Buffer {
  const header = Buffer.alloc(BLOCK)
  header.write(path, 0)
  header.write('0000644\0'.padEnd(24, '0'), 100)
  header.write(content.length.toString(8).padStart(11, '0'), 124)
  header.write('00000000000\0        0', 136) // no time; the sum counts as blanks while it is made; a file
  header.write('ustar\x0000', 257)
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  const rest = (BLOCK - (content.length % BLOCK)) % BLOCK
  return Buffer.concat([header, content, Buffer.alloc(rest)])
}
