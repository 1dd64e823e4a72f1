export { guarded } from './guarded.ts';
export { same } from './same.ts';
export { createStreamStore, idleConnection, type StreamStore } from './store.ts';
