// Plain JavaScript on purpose: it has to run on the Node it refuses.
const needed = 24;
const major = Number(process.versions.node.split('.')[0]);

if (major < needed) {
  console.error(
    `This is Node ${process.versions.node}, and Sluice needs Node ${needed} or newer. ` +
      'The project brings its own: run `npm ci` with install scripts allowed, then use the npm scripts (npm test, npm start, npm run …).',
  );
  process.exit(1);
}
