import { expect, it } from 'vitest';
import { emulate, type Machine, machineFor, toolsOf } from '../../../src/codegen/boards/qemu/index.js';
import { generateC } from '../../../src/codegen/c/index.js';
import type { Value } from '../../../src/ir/graph.js';
import { bytesOf } from '../../../src/ir/tensor.js';
import { describeWith, difference, processor } from '../harness.js';
import { integers, layer, numbers, quantized } from './integer-layers.js';

/** Forms at the edges of the Helium kernel: channels beyond a multiple of 16, an even number of taps, padding on every side. */
const forms = [
  { input: [1, 5, 4, 16], kernel: [3, 3], strides: [1, 1], dilations: [1, 1], pads: [1, 1, 1, 1] },
  { input: [2, 4, 5, 24], kernel: [3, 3], strides: [2, 1], dilations: [1, 1], pads: [0, 2, 2, 0] },
  { input: [1, 9, 1, 40], kernel: [4, 1], strides: [1, 1], dilations: [2, 1], pads: [1, 0, 0, 0] },
  { input: [1, 6, 7, 17], kernel: [1, 1], strides: [1, 2], dilations: [1, 1], pads: [0, 0, 0, 0] },
  { input: [1, 7, 13, 4], kernel: [3, 3], strides: [1, 1], dilations: [1, 1], pads: [1, 1, 1, 1] },
  { input: [1, 6, 9, 8], kernel: [3, 3], strides: [1, 2], dilations: [1, 1], pads: [0, 0, 1, 1] },
];

const graphs = forms.map((f, i) => {
  const next = numbers(i + 1);
  const [n, h, w, c] = f.input;
  const out = [0, 1].map((a) =>
    Math.floor(([h, w][a] + f.pads[a] + f.pads[a + 2] - (f.kernel[a] - 1) * f.dilations[a] - 1) / f.strides[a] + 1),
  );
  const x = quantized('x', 'int8', f.input, 0.03, next(256) - 128);
  const scales = Array.from({ length: c }, () => 0.002 + next(1000) / 50_000);
  const weights = quantized('w', 'int8', [1, ...f.kernel, c], scales, 0, 3);
  const w8 = integers(weights, (k) => Math.max(1, next(k)));
  const bias: Value = { name: 'b', dtype: 'int32', shape: [c], data: Int32Array.from({ length: c }, () => next(4000) - 2000) };
  const y = quantized('y', 'int8', [n, ...out, c], 0.03, next(256) - 128);
  const { strides, dilations, pads } = f;
  const activation = i % 2 === 0 ? 'none' : 'relu6';
  const graph = layer('DepthwiseConv2D', [x, { ...weights, data: w8.data }, bias], y, { strides, dilations, pads, activation });
  return { graph, input: bytesOf(integers(x, next)) };
});

const machines = ['cortex-m3', 'cortex-m4', 'cortex-m55'].map((cpu) => machineFor(cpu) as Machine);

await describeWith('depthwise kernels on their processors', { tools: machines.flatMap(toolsOf), files: [] }, () => {
  it.each(graphs)('give the same bytes on Cortex-M3, M4 and M55 (form %#)', async ({ graph, input }) => {
    const outputs: Uint8Array[] = [];
    for (const machine of machines) {
      const { inferences } = await emulate(generateC(graph, { name: 'one', cpu: processor(machine.cpu) }), machine, { inputs: [[input]] });
      outputs.push(inferences[0].outputs[0]);
    }
    expect(new Set(outputs[0]).size).toBeGreaterThan(8);
    for (const output of outputs.slice(1)) expect(difference(output, outputs[0])).toBe('');
  });
});
