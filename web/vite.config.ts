import { readFileSync } from 'node:fs';
import { defineConfig, type Plugin } from 'vite';
import solid from 'vite-plugin-solid';

/** `vite --mode mocked`: the screens with made-up data and no server. The entry is exchanged, so none of it is in a build for use. */
function mocked(): Plugin {
  return {
    name: 'rookery-mocked',
    apply: (_, { mode }) => mode === 'mocked',
    transformIndexHtml: {
      order: 'pre',
      handler: (html) => html.replace('/src/app/main.tsx', '/src/mock/main.tsx'),
    },
  };
}

/** Names and groups of emoji, served by ourselves at /emoji/<language>.json. */
function emojiData(): Plugin {
  const files: Record<string, string> = { 'emoji/zh.json': 'zh/cldr', 'emoji/en.json': 'en/cldr' };
  const read = (name: string): string =>
    readFileSync(new URL(`node_modules/emoji-picker-element-data/${files[name]}/data.json`, import.meta.url), 'utf8');
  return {
    name: 'rookery-emoji-data',
    configureServer(server) {
      server.middlewares.use((request, response, next) => {
        const name = (request.url ?? '').slice(1).split('?')[0]!;
        if (!(name in files)) return next();
        response.setHeader('Content-Type', 'application/json');
        response.setHeader('ETag', '"dev"');
        response.end(read(name));
      });
    },
    generateBundle() {
      for (const fileName of Object.keys(files)) this.emitFile({ type: 'asset', fileName, source: read(fileName) });
    },
  };
}

/** /shell.json: the scripts and styles that a version is made of, for the service worker (public/sw.js). */
function shellList(): Plugin {
  return {
    name: 'rookery-shell-list',
    apply: 'build',
    generateBundle: {
      order: 'post',
      handler(_, bundle) {
        const parts = Object.keys(bundle).filter((name) => /^assets\/.*\.(js|css)$/.test(name)).map((name) => `/${name}`).sort();
        this.emitFile({ type: 'asset', fileName: 'shell.json', source: JSON.stringify(parts) });
      },
    },
  };
}

export default defineConfig({
  plugins: [solid(), mocked(), emojiData(), shellList()],
  build: { target: 'es2022', sourcemap: false, modulePreload: { polyfill: false }, assetsInlineLimit: 0 },
  worker: { format: 'es' },
});
