export { createClient } from './client/client.ts';
export { clientDefaults, receiverDefaults } from './client/options.ts';
export type * from './client/types.ts';
export type * from './store/state.ts';
