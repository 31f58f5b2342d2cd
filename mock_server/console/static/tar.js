// A small archive, made in the browser: ustar, compressed.

const BLOCK = 512;

/** A .tar.gz of texts by their paths, as a Blob. */
export async function gzipped(files) {
  const parts = Object.entries(files).flatMap(([path, text]) => {
    const bytes = new TextEncoder().encode(text);
    return [header(path, bytes.length), bytes, new Uint8Array((BLOCK - (bytes.length % BLOCK)) % BLOCK)];
  });
  const archive = new Blob([...parts, new Uint8Array(2 * BLOCK)]);
  const packed = await new Response(archive.stream().pipeThrough(new CompressionStream('gzip'))).blob();
  return new Blob([packed], { type: 'application/gzip' });
}

function header(path, length) {
  const block = new Uint8Array(BLOCK);
  const put = (at, text) => block.set(new TextEncoder().encode(text), at);
  const octal = (at, width, number) => put(at, number.toString(8).padStart(width - 1, '0'));
  put(0, path);
  octal(100, 8, 0o644);
  octal(108, 8, 0);
  octal(116, 8, 0);
  octal(124, 12, length);
  octal(136, 12, 0);
  put(148, '        '); // the sum is made over spaces in its own place
  put(156, '0');
  put(257, 'ustar\x0000');
  octal(
    148,
    7,
    block.reduce((sum, byte) => sum + byte, 0),
  );
  block[154] = 0;
  return block;
}
