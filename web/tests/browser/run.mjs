// Vite runs the flows, as it builds the page: so they are TypeScript too, and take words and protocol from its sources.
import { fileURLToPath } from 'node:url';
import { createServer } from 'vite';

const root = fileURLToPath(new URL('../..', import.meta.url));
const vite = await createServer({
  root, configFile: false, logLevel: 'warn', appType: 'custom',
  server: { middlewareMode: true, hmr: false, ws: false, watch: null }, optimizeDeps: { noDiscovery: true },
});
const { main } = await vite.ssrLoadModule('/tests/browser/main.ts');
const passed = await main(process.argv.slice(2), (error) => vite.ssrFixStacktrace(error));
// Whatever a failed flow has left behind must not keep the next stage waiting.
process.exit(passed ? 0 : 1);
