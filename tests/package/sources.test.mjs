// What `scripts/sources.mjs` finds wrong with the shape of the sources: files too long without a reason, and circles.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { circle, filesOf, importsByValue, mayBeLong, usesOfRust } from '../../scripts/sources.mjs';

/** What `look` says of a folder with these files. */
function within(files, look) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'viasip-sources-'));
  try {
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
      writeFileSync(path.join(folder, file), text);
    }
    return look(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('a long file says at its head why it is long', () => {
  const long = 'x\n'.repeat(400);
  assert.ok(mayBeLong(long));
  assert.ok(!mayBeLong(`${long}x\n`));
  for (const head of [
    '//! One table: that is why\n//! it is long.\n',
    '// This file is long because of it.\n',
    '// Written by `it`.\n',
  ]) {
    assert.ok(mayBeLong(`${head}${long}`), head);
  }
  for (const head of ['// What takes long: nothing, because\n', `${long}// The file is long because\n`]) {
    assert.ok(!mayBeLong(`${head}${long}`), head);
  }
});

test('classes that import each other by value are found, types are none', () => {
  const circleOf = (files) =>
    within(files, (folder) => circle(importsByValue(filesOf('src', ['.ts'], folder), folder)));
  const b = "import { c } from './sub/c.js';\nexport const b = c;\n";
  const a = "import { b } from './b.js';\nimport 'elsewhere';\nexport const a = b;\n";
  for (const back of [
    "import { a } from '../a.js';",
    "import { type A, a } from '../a.js';",
    "export * from '../a.js';",
    "import '../a.js';",
  ]) {
    const found = circleOf({ 'src/a.ts': a, 'src/b.ts': b, 'src/sub/c.ts': `${back}\nexport const c = 1;\n` });
    assert.deepEqual([...new Set(found)].sort(), ['src/a.ts', 'src/b.ts', 'src/sub/c.ts'], back);
  }
  for (const back of [
    "import type { A } from '../a.js';",
    "import { type A } from '../a.js';",
    "export type { A } from '../a.js';",
    '',
  ]) {
    assert.equal(
      circleOf({ 'src/a.ts': a, 'src/b.ts': b, 'src/sub/c.ts': `${back}\nexport const c = 1;\n` }),
      null,
      back,
    );
  }
});

test('modules that use each other are found, a file and its children are one', () => {
  const circleOf = (files) => within(files, (folder) => circle(usesOfRust(filesOf('src', ['.rs'], folder), folder)));
  const a = 'mod inner;\nuse crate::{b::{c::Word, self}, d};\n';
  const c = 'pub struct Word;\n';
  const found = circleOf({ 'src/a.rs': a, 'src/b/c.rs': `${c}use super::super::a::Thing;\n` });
  assert.deepEqual([...new Set(found)].sort(), ['src/a.rs', 'src/b/c.rs']);
  assert.ok(circleOf({ 'src/a/mod.rs': a, 'src/b/c.rs': `${c}fn f(_: crate::a::Thing) {}\n` }));
  // A word that a file hands on is its child's.
  const door = 'mod c;\npub use c::{Word};\n';
  const byDoor = { 'src/a.rs': 'use crate::b::Word;\n', 'src/b/mod.rs': door };
  assert.ok(circleOf({ ...byDoor, 'src/b/c.rs': `${c}use crate::a::Thing;\n` }));
  assert.equal(circleOf({ ...byDoor, 'src/b/c.rs': c, 'src/b/d.rs': 'use crate::a::Thing;\n' }), null);
  for (const none of [
    '// use crate::a::Thing;\n',
    '#[cfg(test)]\nmod tests {\n    use crate::a::Thing;\n}\n',
    'use std::a;\n',
  ]) {
    assert.equal(
      circleOf({ 'src/a.rs': a, 'src/b/c.rs': c + none, 'src/a/inner.rs': 'use super::Thing;\n' }),
      null,
      none,
    );
  }
});
