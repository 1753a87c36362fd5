// Vite runs the flows, as it builds the page: so they are TypeScript too, and take words and protocol from its sources.
import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';

const { module } = await runnerImport(fileURLToPath(new URL('main.ts', import.meta.url)), { configFile: false, logLevel: 'warn' });
const passed = await module.main(process.argv.slice(2));
// Whatever a failed flow has left behind must not keep the next stage waiting.
process.exit(passed ? 0 : 1);
