import { answer } from '../../child.ts';
import { loadServer } from '../../kit.ts';
import { discover } from '../subjects/discover.ts';
import { limits } from '../subjects/sluice.ts';

// The relay's process, with the provider it is told of.

answer(async ({ providerPort }: { readonly providerPort: number }) => {
  process.env['OPENAI_API_KEY'] = 'none';
  process.env['OPENAI_BASE_URL'] = `http://127.0.0.1:${providerPort}/v1`;
  const { createRelay } = await loadServer();
  const relay = createRelay(limits);
  const { port } = await relay.listen({ port: 0 });
  return discover(port);
});
