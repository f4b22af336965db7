import type { Node, Value } from '../../../../ir/graph.js';
import { type DType, sizeOf } from '../../../../ir/types.js';
import { type Alias, type Call, float, input, NoKernel, output, type Rule, type Target, table } from '../../program.js';
import { perTensorOf } from '../../requantize.js';
import { multiplierOf } from '../activations/grid.js';
import { evaluateSlopes } from '../activations/slopes.js';
import { rescaleParams } from '../activations.js';
import { isEmpty } from '../movement/loops.js';
import { suffixOf } from './broadcast.js';

const limits: Partial<Record<DType, readonly [number, number]>> = {
  int8: [-128, 127],
  uint8: [0, 255],
  int16: [-32768, 32767],
  int32: [-(2 ** 31), 2 ** 31 - 1],
};

/** Changes of grid that kernels/rescale.h has a function for; between bytes it is a table. */
const rescales = ['s8_s16', 's16_s8', 's16_s16', 's8_s32', 's16_s32', 's32_s8', 's32_s16'];

function quantize(node: Node, target: Target): readonly Call[] | Alias {
  const x = node.inputs[0] as Value;
  const [y] = node.outputs;
  if (isEmpty(y)) return [];
  const to = perTensorOf(y);
  const count = sizeOf(y.shape);
  if (x.dtype === 'float32') {
    if (!['int8', 'uint8', 'int16'].includes(y.dtype)) throw new NoKernel(`makes no ${y.dtype} of floats in C`);
    return [
      {
        kernel: 'quantize',
        function: `edgeml_quantize_${suffixOf(y)}`,
        args: [input(x), output(y), count, float(to.scale), to.zeroPoint],
        overlaps: new Map([[x, 0]]),
      },
    ];
  }
  const from = perTensorOf(x);
  if (x.dtype === y.dtype && from.scale === to.scale && from.zeroPoint === to.zeroPoint) return { alias: x };
  const range = limits[y.dtype];
  const m = multiplierOf(from.scale / to.scale);
  if (!range) throw new NoKernel(`makes no ${y.dtype} of ${x.dtype} in C`);
  const slopes = { inputZero: from.zeroPoint, outputZero: to.zeroPoint, positive: m, negative: m, min: range[0], max: range[1] };
  const bytes = [x, y].every((v) => v.dtype === 'int8' || v.dtype === 'uint8');
  if (bytes) {
    const of = evaluateSlopes(slopes, node, target.rounding);
    const values = Int8Array.from({ length: 256 }, (_, i) => of(x.dtype === 'int8' && i > 127 ? i - 256 : i));
    return [
      {
        kernel: 'lookup_s8',
        function: 'edgeml_lookup_s8',
        args: [input(x), output(y), table('lookup', 'int8_t', values), count],
        overlaps: new Map([[x, 0]]),
      },
    ];
  }
  const kind = `${suffixOf(x)}_${suffixOf(y)}`;
  if (!rescales.includes(kind)) throw new NoKernel(`makes no ${y.dtype} of ${x.dtype} in C`);
  return [
    {
      kernel: 'rescale',
      function: `edgeml_rescale_${kind === 's16_s16' ? 's16' : kind}`,
      args: [input(x), output(y), count, rescaleParams(slopes)],
      ...(range[1] <= (limits[x.dtype]?.[1] ?? 0) && { overlaps: new Map([[x, 0]]) }),
    },
  ];
}

function dequantize(node: Node): Call[] {
  const x = node.inputs[0] as Value;
  const [y] = node.outputs;
  if (isEmpty(y)) return [];
  if (y.dtype !== 'float32') throw new NoKernel(`makes ${y.dtype} of ${x.dtype}`);
  const { scale, zeroPoint } = perTensorOf(x);
  const count = sizeOf(y.shape);
  return [
    {
      kernel: 'dequantize',
      function: `edgeml_dequantize_${suffixOf(x)}`,
      args: [input(x), output(y), count, float(scale), zeroPoint],
    },
  ];
}

export const conversionRules: readonly Rule[] = [
  { ops: ['Quantize'], types: ['float32', 'int8', 'uint8', 'int16', 'int32'], lower: quantize },
  { ops: ['Dequantize'], types: ['int8', 'uint8', 'int16'], lower: dequantize },
];
