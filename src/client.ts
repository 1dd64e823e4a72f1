export { createClient } from './client/client.ts';
export type * from './client/types.ts';
export type * from './store/state.ts';
