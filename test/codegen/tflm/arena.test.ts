import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { greedyPlan } from '../../../src/codegen/tflm/arena/greedy.js';
import { planArena } from '../../../src/codegen/tflm/arena/index.js';
import { layout } from '../../../src/codegen/tflm/arena/layout.js';
import { subgraphsOf } from '../../../src/codegen/tflm/arena/model.js';
import { generateTflm } from '../../../src/codegen/tflm/index.js';
import { decodeFile } from '../../../src/formats/tflite/file.js';
import { missing, shared } from '../../shared.js';

const reason = missing('reference/tflm/cortex_m.csv') ?? missing('models/mlperf-tiny');

const cpus: Readonly<Record<string, string>> = {
  m0plus: 'cortex-m0plus',
  m3: 'cortex-m3',
  m4: 'cortex-m4',
  m7: 'cortex-m7',
  m55: 'cortex-m55',
};

const modelBytes = (model: string) => readFileSync(shared(`models/mlperf-tiny/${model}_int8_official.tflite`));

/** Rows of the recorded table; ic_resnet8_large is a model that is not among the evaluation material. */
const rows = reason
  ? []
  : readFileSync(shared('reference/tflm/cortex_m.csv'), 'utf8')
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => line.split(','))
      .filter(([, model]) => model !== 'ic_resnet8_large')
      .map(([target, model, , , , , , , , used, min, head]) => ({
        target,
        model,
        used: Number(used),
        least: min === '-' ? Number(used) : Number(min),
        head: Number(head),
      }));

describe.skipIf(reason)('arena on Cortex-M, against recorded runs', () => {
  it.each(rows)('$target $model: at least $least, at most 5 % more', ({ target, model, used, least, head }) => {
    const [cpu, kernels] = target.split('_');
    const { report } = generateTflm(
      { path: `${model}.tflite`, bytes: modelBytes(model) },
      { name: model, kernels: kernels === 'cmsis' ? 'cmsis-nn' : 'reference', cpu: cpus[cpu] },
    );
    expect(report.arena.bytes).toBeGreaterThanOrEqual(least);
    expect(report.arena.bytes).toBeLessThanOrEqual(least * 1.05);
    expect(report.arena.bytes % 16).toBe(0);
    expect(report.arena.used).toBe(used);
    expect(report.arena.head).toBe(head);
    expect(report.arena.head + report.arena.persistent).toBe(used);
    expect(report.arena.parts.reduce((n, p) => n + p.bytes, 0)).toBeGreaterThanOrEqual(used);
  });

  it.each(['ad_autoencoder', 'ic_resnet8', 'kws_dscnn', 'sww_conv', 'vww_mobilenet'])('%s: a processor without a name', (model) => {
    const { arena } = generateTflm({ path: model, bytes: modelBytes(model) }, { name: model, kernels: 'reference' }).report;
    const least = rows.find((r) => r.target === 'm4_ref' && r.model === model)?.least ?? Number.NaN;
    expect(arena.bytes).toBeGreaterThanOrEqual(least);
    expect(arena.bytes).toBeLessThanOrEqual(least * 1.05);
  });
});

describe.skipIf(reason)('arena with pointers of 64 bits', () => {
  const summary = reason ? { models: {} } : JSON.parse(readFileSync(shared('reference/tflm/summary.json'), 'utf8'));

  it.each(Object.keys(summary.models))('%s: as recorded on x86-64', (model) => {
    const { arena_used_bytes_x64: used, arena_min_x64: least, recording_x64: recorded } = summary.models[model];
    const file = decodeFile(modelBytes(model), model);
    const arena = planArena(file, subgraphsOf(file, model), {
      ...{ abi: { pointer: 8, enumeration: 4 }, kernels: 'reference', dsp: false, mve: false, s3: false, newer: false, python: false },
    });
    expect(arena.head).toBe(recorded.nonpersistent_head);
    const part = (kind: string) => arena.parts.find((p) => p.kind.startsWith(kind))?.bytes;
    expect(part('tensors')).toBe(recorded.eval_tensor.used);
    expect(part('nodes')).toBe(recorded.node_and_registration.used);
    expect(arena.used).toBe(used);
    expect(arena.bytes).toBe(least);
  });
});

describe.skipIf(reason)('arena with ESP-NN', () => {
  it('has room for what the kernels of ESP32-S3 copy, and none for it on processors without them', () => {
    const at = (kernels: 'esp-nn' | 'reference', cpu?: string) =>
      generateTflm({ path: 'vww', bytes: modelBytes('vww_mobilenet') }, { name: 'vww', kernels, cpu }).report.arena;
    // The first layer, 96x96x3 into 48x48x8 by 3x3: 97x97x3 padded, a filter of 3x3x16x8, eight sums and 64 bytes of slack.
    const layer = 97 * 97 * 3 + 9 * 16 * 8 + 8 * 4 + 64;
    expect(at('esp-nn').head).toBeGreaterThanOrEqual(96 * 96 * 3 + 48 * 48 * 8 + layer);
    expect(at('esp-nn').estimated).toEqual(['CONV_2D', 'DEPTHWISE_CONV_2D']);
    expect(at('esp-nn', 'esp32').head).toBe(at('reference').head);
    expect(at('esp-nn', 'rv32').head).toBe(at('reference').head);
  });
});

describe('the greedy planner', () => {
  it('places the largest first and fills gaps', () => {
    // 64 bytes are in use throughout; the others take turns behind them.
    const plan = greedyPlan([
      { bytes: 32, first: 0, last: 1 },
      { bytes: 64, first: 0, last: 3 },
      { bytes: 48, first: 1, last: 2 },
      { bytes: 16, first: 3, last: 3 },
    ]);
    expect(plan.offsets).toEqual([112, 0, 64, 64]);
    expect(plan.bytes).toBe(144);
  });

  it('puts the one that came last first where sizes are equal', () => {
    const plan = greedyPlan([
      { bytes: 16, first: 0, last: 1 },
      { bytes: 16, first: 1, last: 2 },
    ]);
    expect(plan.offsets).toEqual([16, 0]);
  });

  it('plans nothing for no buffers', () => expect(greedyPlan([])).toEqual({ offsets: [], bytes: 0 }));
});

describe('layout of structures', () => {
  it.each([
    // TfLiteTensor, TfLiteEvalTensor and TfLiteFullyConnectedParams as compilers lay them out.
    ['ep2i3p2eb', 4, 1, 32],
    ['ep2i3p2eb', 8, 4, 64],
    ['2pe', 4, 1, 12],
    ['2e2be', 4, 1, 5],
    ['2e2be', 8, 4, 16],
    ['ib', 4, 1, 8],
    ['', 4, 4, 0],
  ] as const)('%s with pointers of %i and enumerations of %i bytes takes %i', (members, pointer, enumeration, bytes) => {
    expect(layout(members, { pointer, enumeration }).bytes).toBe(bytes);
  });
});
