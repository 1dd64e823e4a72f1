import { runSluicePage } from '../../kit/page.tsx';

await runSluicePage({ full: true });
