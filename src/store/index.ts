export { createStreamStore, idleConnection, type StreamStore } from './store.ts';
