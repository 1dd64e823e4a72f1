import { type RelaySettings, serveRelay } from './served.ts';

// The relay in a process of its own, so that it can be killed. Its settings are the first argument, its address the first message.

const { address } = await serveRelay(JSON.parse(process.argv[2] ?? '{}') as RelaySettings);
process.send?.(address);
process.on('disconnect', () => process.exit(0));
