import fc from 'fast-check';
import { expect, it } from 'vitest';
import { assetOf, isConsole, mayLoad, maySave } from './address.ts';

it('knows its own pages from those that look like them', () => {
  expect(isConsole('qd://console/index.html#token')).toBe(true);
  for (const other of [
    'https://console/',
    'qd://console.example/',
    'qd://user@console/',
    'qd://other/index.html',
    'qd:console',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'about:blank',
    '',
  ]) {
    expect(isConsole(other), other).toBe(false);
    expect(mayLoad(other), other).toBe(false);
  }
});

it('lets a report out that the page made, and nothing else', () => {
  const report = 'blob:qd://console/9115d58c-bcda-ff47-86e5-083e9a215304';
  expect(maySave(report, 'application/pdf')).toBe(true);
  expect(maySave(report, 'text/html')).toBe(false);
  for (const other of ['blob:https://console/9115', 'qd://console/index.html', 'data:application/pdf;base64,AA==']) {
    expect(maySave(other, 'application/pdf'), other).toBe(false);
  }
});

it('serves files of the console and nothing outside its folder', () => {
  expect(assetOf('qd://console/')).toEqual({ path: 'index.html', type: 'text/html; charset=utf-8' });
  expect(assetOf('qd://console/assets/index-Ab_3.js?x=1')?.path).toBe('assets/index-Ab_3.js');
  for (const bad of [
    'qd://console/../../etc/passwd.html',
    'qd://console/%2e%2e/%2e%2e/a.js',
    'qd://console/..%2fa.js',
    'qd://console/a%5c..%5cb.js',
    'qd://console/a%00.js',
    'qd://console/%ff.js',
    'qd://console/a//b.js',
    'qd://console/store.db',
  ]) {
    const asset = assetOf(bad);
    expect(asset === null || !asset.path.includes('..'), bad).toBe(true);
  }
  fc.assert(
    fc.property(fc.string(), (path) => {
      const asset = assetOf(`qd://console/${path}`);
      expect(asset === null || /^[\w@+.-]+(\/[\w@+.-]+)*$/.test(asset.path)).toBe(true);
      expect(asset?.path.split('/').includes('..') ?? false).toBe(false);
    }),
  );
});
