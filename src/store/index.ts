export { createStreamStore, idleConnection, type StreamStore, type StreamStoreOptions } from './store.ts';
