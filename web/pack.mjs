// node pack.mjs DIST PACK: all files of DIST, each as it is, with gzip and with brotli, one after the other in PACK.bin, and
// where each lies in PACK.cc, a table for src/app/web_files.h.
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { extname, join, relative, resolve } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const TYPES = {
  '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8',
  '.json': 'application/json', '.webmanifest': 'application/manifest+json', '.svg': 'image/svg+xml', '.png': 'image/png',
  '.ico': 'image/x-icon', '.woff2': 'font/woff2', '.mp3': 'audio/mpeg', '.ogg': 'audio/ogg', '.wav': 'audio/wav', '.txt': 'text/plain; charset=utf-8',
};

/** Only where it is worth it: a twentieth less. */
const worth = (packed, plain) => (packed.length < plain.length * 0.95 ? packed : Buffer.alloc(0));

function describe(path, plain) {
  const type = TYPES[extname(path)];
  if (!type) throw new Error(`${path}: no media type is known for this ending; add it to pack.mjs`);
  const gzip = worth(gzipSync(plain, { level: 9 }), plain);
  const brotli = worth(brotliCompressSync(plain, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: plain.length } }), plain);
  const tag = createHash('sha256').update(plain).digest('base64url').slice(0, 22);
  // Vite puts a hash of the content into the names of what lies in assets/.
  return { path: '/' + path, type, tag, immutable: path.startsWith('assets/'), parts: [plain, gzip, brotli] };
}

const [dist, pack] = process.argv.slice(2);
if (!pack) throw new Error('usage: node pack.mjs DIST PACK');
const files = readdirSync(dist, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => relative(dist, join(entry.parentPath ?? entry.path, entry.name)))
  .sort()
  .map((path) => describe(path, readFileSync(join(dist, path))));
if (!files.some(({ path }) => path === '/index.html')) throw new Error(`${dist}: no index.html, so this is no web client`);

let offset = 0;
const rows = files.map(({ path, type, tag, immutable, parts }) => {
  const views = parts.map((part) => {
    const view = `part(${offset}, ${part.length})`;
    offset += part.length;
    return view;
  });
  return `    {${[path, type, tag].map((text) => JSON.stringify(text)).join(', ')}, ${immutable}, ${views.join(', ')}},`;
});
writeFileSync(`${pack}.bin`, Buffer.concat(files.flatMap(({ parts }) => parts)));
writeFileSync(`${pack}.cc`, `// Made by web/pack.mjs out of the web client's files.
#include "app/web_files.h"

#include <vector>

asm(".pushsection .rodata\\n.global rookery_web_bytes\\nrookery_web_bytes:\\n.incbin ${JSON.stringify(resolve(`${pack}.bin`)).replaceAll('"', '\\"')}\\n.byte 0\\n.popsection\\n");
extern "C" const char rookery_web_bytes[];

namespace rookery::app {

std::span<const WebFile> web_files() {
  const auto part = [](std::size_t offset, std::size_t size) {
    return std::string_view(rookery_web_bytes + offset, size);
  };
  static const std::vector<WebFile> files = {
${rows.join('\n')}
  };
  return files;
}

} // namespace rookery::app
`);
console.log(`${files.length} files, ${offset} bytes`);
