import { expect, test } from 'vitest';
import { importsOf } from './import-graph.ts';
import { objection } from './import-rules.ts';

const subpaths = { '#domain/*': './domain/*', '#sealing/*': './sealing/*', '#renderer/*': './renderer/*' };

/** What the rules say about a file with this one line of imports. */
function saidAbout(file: string, line: string): (string | undefined)[] {
  return importsOf(file, line, subpaths).map(objection);
}

test.each([
  ['domain/cad/unit.ts', "import { z } from 'zod'"],
  ['domain/cad/unit.ts', "import { a } from '../kernel/ids.ts'"],
  ['domain/cad/unit.test.ts', "import { readFileSync } from 'node:fs'"],
  ['domain/testing/world.ts', "import { open } from '../../server-bridge/store/open.ts'"],
  ['sealing/frame.ts', "import { createHash } from 'node:crypto'"],
  ['server/main.ts', "import Fastify from 'fastify'"],
  ['server-bridge/sync/push.ts', "import { a } from '#sealing/frame.ts'"],
  ['renderer/app/bridge.ts', "import type { Bridge } from '../../preload/index.ts'"],
  ['renderer/vite.config.ts', "import { join } from 'node:path'"],
  ['preload/index.ts', "import { contextBridge } from 'electron'"],
  ['electron/station.ts', "import path from '../server-bridge/main.mjs?modulePath'"],
  ['tests/e2e/app.ts', "import { a } from '../../server/main.ts'"],
  ['server-bridge/store/entities/prune.ts', "import { a } from '../facts/logs.ts'"],
  ['server-bridge/store/facts/logs.ts', "import { a } from '../core.ts'"],
  ['server-bridge/store/open.ts', "import { a } from './salvage/carve.ts'"],
  ['domain/bridge/calls.ts', "import { a } from '../cad/facts.ts'"],
  ['domain/cad/actions/inputs.ts', "import type { CALLS } from '../../bridge/calls.ts'"],
  ['server/modules/cad/part.ts', "import type { Part } from '../../kernel/part.ts'"],
])('%s may have: %s', (file, line) => {
  expect(saidAbout(file, line)).toEqual([undefined]);
});

test.each([
  ['domain/cad/unit.ts', "import { readFileSync } from 'node:fs'", 'Node'],
  ['domain/cad/unit.ts', "import { hash } from '#sealing/frame.ts'", 'not from sealing'],
  ['domain/cad/unit.ts', "import pg from 'pg'", 'only zod'],
  ['domain/cad/unit.ts', "export * from '../../server/main.ts'", 'not from server'],
  ['domain/cad/unit.ts', "type T = import('../../server/main.ts').T", 'not from server'],
  ['sealing/frame.ts', "import argon2 from '@node-rs/argon2'", 'no package'],
  ['server/main.ts', "import { open } from '../server-bridge/store/open.ts'", 'not from server-bridge'],
  ['server-bridge/main.mjs', "await import('../server/main.ts')", 'not from server'],
  ['server-bridge/main.mjs', "import { app } from 'electron'", 'without Electron'],
  ['server-bridge/store/facts/logs.ts', "import { a } from '../salvage/carve.ts'", 'stands below salvage'],
  ['server/kernel/live/live.ts', "import { cadPart } from '../../modules/cad/part.ts'", 'stands below modules'],
  ['domain/kernel/fact.ts', "import type { A } from '../cad/facts.ts'", 'stands below cad'],
  ['domain/cad/views/unit-row.ts', "import { a } from '../actions/decide.ts'", 'stands below actions'],
  ['server/kernel/identity/policy/policy.ts', "import type { A } from '../people/people.ts'", 'stands below people'],
  ['server-bridge/store/news/new.ts', "import { a } from '../file/database.ts'", 'no place yet'],
  ['renderer/app/window.tsx', "import { join } from 'path'", 'Node'],
  ['renderer/app/window.tsx', "import { x } from '../../server-bridge/main.mjs'", 'not from server-bridge'],
  ['renderer/app/bridge.ts', "import { bridge } from '../../preload/index.ts'", 'types of preload only'],
  ['electron/main.ts', "import { open } from '../server-bridge/store/open.ts'", 'not from server-bridge'],
  ['server/main.ts', "import { world } from '../domain/testing/world.ts'", 'may not import tests'],
  ['server/main.ts', "import { start } from '../tools/start/main.ts'", 'not from tools'],
])('%s may not have: %s', (file, line, why) => {
  expect(saidAbout(file, line)).toEqual([expect.stringContaining(why)]);
});

test('an import in a comment or a string is none', () => {
  expect(importsOf('domain/a.ts', "// import 'pg'\nexport const text = \"import 'pg'\";", subpaths)).toEqual([]);
});
