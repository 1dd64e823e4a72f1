import { createClient } from 'sluice-kit/client';

const [url, transport, id] = process.argv.slice(2);
const client = createClient({ url, transport, worker: false });
const { record, subscribe } = client.attach({ id });
await new Promise((resolve) => {
  const look = () => record.summary.status === 'done' && resolve();
  subscribe(look);
  look();
});
console.log(record.text.toString());
client.close();
