import { DefaultReporter, type TestModule } from 'vitest/node';

/** vitest's own report, and after it, last and plain: `N passed, N failed`, or `N passed, N failed, N skipped`. */
export default class ClosingReporter extends DefaultReporter {
  override onTestRunEnd(...args: Parameters<DefaultReporter['onTestRunEnd']>): void {
    super.onTestRunEnd(...args);
    const [modules, unhandled, reason] = args;
    const total = { passed: 0, failed: unhandled.length, skipped: 0 };
    for (const module of modules) count(module, total);
    if (modules.length === 0 || reason === 'interrupted') total.failed += 1;
    if (total.failed > 0) process.exitCode = 1;
    const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : '';
    process.stdout.write(`${total.passed} passed, ${total.failed} failed${skipped}\n`);
  }
}

/** A file without tests, and a hook that fails, are failures too. */
function count(module: TestModule, total: { passed: number; failed: number; skipped: number }): void {
  let tests = 0;
  for (const test of module.children.allTests()) {
    tests += 1;
    const { state } = test.result();
    if (state === 'passed') total.passed += 1;
    else if (state === 'skipped') total.skipped += 1;
    else total.failed += 1;
  }
  for (const suite of module.children.allSuites()) if (suite.errors().length > 0) total.failed += 1;
  if (tests === 0 || module.errors().length > 0) total.failed += 1;
}
