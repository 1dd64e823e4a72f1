import { createRoot } from 'react-dom/client';
import { SluiceProvider } from 'sluice-kit';
import 'sluice-kit/styles.css';
import '../demo.css';
import './bench.css';
import { Bench } from './Bench.tsx';

const root = document.getElementById('root');
if (root === null) throw new Error('The page has no #root.');
createRoot(root).render(
  <SluiceProvider>
    <Bench />
  </SluiceProvider>,
);
