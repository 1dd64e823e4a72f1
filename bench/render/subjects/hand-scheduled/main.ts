import { runHandPage } from '../../hand/page.ts';

await runHandPage({ scheduled: true });
