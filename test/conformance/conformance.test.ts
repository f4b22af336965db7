import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { modelType } from '../../src/formats/onnx/schema.js';
import { f32, fromNumbers, type Tensor } from '../../src/ir/tensor.js';
import { difference } from './compare.js';
import { judge } from './judge.js';
import { docPath, recordsSection, sectionOf } from './operators-doc.js';
import { judgeAll } from './pool.js';
import { type CaseResult, overall } from './types.js';

describe('difference', () => {
  const one = f32([3], [1, -2, 3]);

  it('accepts rounding, and nothing more', () => {
    expect(difference(f32([3], [1.0005, -2, 3]), one)).toBeUndefined();
    expect(difference(f32([3], [1.002, -2, 3]), one)).toMatch(/^is 1\.00\d* at index 0, not 1$/);
  });

  it('accepts what float32 sums of large terms leave near zero', () => {
    expect(difference(f32([2], [5e-4, 1000]), f32([2], [0, 1000]))).toBeUndefined();
    expect(difference(f32([2], [5e-4, 1]), f32([2], [0, 1]))).toMatch(/index 0/);
  });

  it('takes NaN and infinities as they are', () => {
    const odd = f32([3], [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]);
    expect(difference(odd, odd)).toBeUndefined();
    expect(difference(f32([1], [Number.NaN]), f32([1], [0]))).toMatch(/NaN/);
    expect(difference(f32([1], [0]), f32([1], [Number.NaN]))).toMatch(/not NaN/);
    expect(difference(f32([1], [Number.NEGATIVE_INFINITY]), f32([1], [Number.POSITIVE_INFINITY]))).toMatch(/-Infinity/);
    expect(difference(f32([1], [3e38]), f32([1], [Number.POSITIVE_INFINITY]))).toMatch(/not Infinity/);
  });

  it('wants integers exactly, and type and shape', () => {
    const wide = (v: bigint): Tensor => ({ dtype: 'int64', shape: [1], data: BigInt64Array.of(v) });
    expect(difference(wide(2n ** 60n + 1n), wide(2n ** 60n))).toMatch(/1152921504606846977/);
    expect(difference(fromNumbers('int32', [1], [1]), wide(1n))).toBe('is int32[1], not int64[1]');
    expect(difference(f32([1, 3], [1, -2, 3]), one)).toBe('is float32[1,3], not float32[3]');
  });
});

describe('overall', () => {
  const result = (...verdicts: ('passed' | 'refused' | 'wrong')[]): CaseResult => ({
    name: 'x',
    operator: 'X',
    opset: 21,
    backends: { interpreter: { verdict: verdicts[0] }, onnx: { verdict: verdicts[1] }, tflite: { verdict: verdicts[2] } },
  });

  it('is the worst of the backends', () => {
    expect(overall(result('passed', 'passed', 'passed'))).toBe('passed');
    expect(overall(result('passed', 'passed', 'refused'))).toBe('refused');
    expect(overall(result('refused', 'wrong', 'passed'))).toBe('wrong');
  });
});

describe('judgeAll', () => {
  it('goes on after a case that crashes, hangs or throws, and calls each wrong', async () => {
    const names = ['a', 'crashes', 'b', 'hangs', 'c', 'throws', 'd'];
    const script = new URL('unruly-worker.mjs', import.meta.url);
    const results = await judgeAll({ root: '.', names, backends: ['onnx'], workers: 2, script, seconds: 3 });
    expect(results.map((r) => r.name)).toEqual([...names].sort());
    const reasons = Object.fromEntries(results.map((r) => [r.name, r.backends.onnx?.reason]));
    expect(reasons).toMatchObject({ a: undefined, b: undefined, c: undefined, d: undefined, throws: 'out of order' });
    expect(reasons.crashes).toMatch(/ended with SIGABRT/);
    expect(reasons.hangs).toBe('no answer within 3 s');
  });
});

describe('judge', () => {
  const folder = mkdtempSync(join(tmpdir(), 'edgeml-case-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('refuses what is no model, and a model that there is nothing to judge by', async () => {
    writeFileSync(join(folder, 'model.onnx'), 'not a model');
    const verdict = async () => (await judge(folder, 'x')).backends.tflite;
    expect(await verdict()).toMatchObject({ verdict: 'refused', reason: expect.stringMatching(/no(t a readable ONNX file| graph)/) });
    const graph = { name: 'g', node: [], input: [], output: [] };
    writeFileSync(join(folder, 'model.onnx'), (await modelType()).encode({ irVersion: 8, graph }).finish());
    expect(await verdict()).toMatchObject({ verdict: 'refused', reason: expect.stringMatching(/no test_data_set_N/) });
  });
});

describe('docs/operators.md', () => {
  it('lists the records as they are (npm run docs writes it)', () => {
    expect(sectionOf(readFileSync(docPath, 'utf8'), 'records')).toBe(recordsSection());
  });
});
