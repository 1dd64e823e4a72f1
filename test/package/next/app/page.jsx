import { ConnectionStatus, SluiceProvider } from 'sluice-kit';
import { Panels } from './panels.jsx';

// A server component: the provider and the status are rendered on the server and hydrated.
export default async function Page({ searchParams }) {
  const { relay } = await searchParams;
  return (
    <SluiceProvider url={relay}>
      <ConnectionStatus />
      <Panels />
    </SluiceProvider>
  );
}
