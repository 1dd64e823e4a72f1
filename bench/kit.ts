// The kit as its users get it: what `sluice-kit/wire` and `sluice-kit/server` name, from the build (or, with `--sources`, not built).

const sources = process.env['SLUICE_SOURCES'] === '1';

export async function loadWire(): Promise<typeof import('../src/wire/index.ts')> {
  return import(sources ? '../src/wire/index.ts' : '../dist/wire.js');
}

export async function loadServer(): Promise<typeof import('../server/index.ts')> {
  return import(sources ? '../server/index.ts' : '../dist/server.js');
}
