import type { DType } from '../../ir/types.js';
import type { OnnxMapping, TfliteMapping } from '../mappings.js';
import { broadcastsBeyond4 } from './elementwise-binary.js';
import { floatTypes } from './elementwise-types.js';

/** onnxruntime has no Max and Min of 16-bit integers. */
const ortTypes: readonly DType[] = [...floatTypes, 'int8', 'uint8', 'int32', 'uint32', 'int64', 'uint64'];

/** Maximum and Minimum in the formats. ONNX's take any number of operands; the graph's take two. */
export const extremum = (type: string, builtin: string): { onnx: OnnxMapping<unknown>; tflite: TfliteMapping<unknown> } => ({
  onnx: {
    type,
    types: ortTypes,
    read: (node) => {
      if (node.inputs.length !== 2) node.refuse(`has ${node.inputs.length} inputs, where the graph takes two`);
      return { inputs: node.inputs, attrs: {} };
    },
  },
  tflite: {
    builtin,
    types: ['float32', 'int8', 'uint8', 'int16', 'int32', 'int64'],
    maxRank: 8,
    version: (_, node) => {
      const { dtype } = node.outputs[0];
      return dtype === 'int16' ? 4 : broadcastsBeyond4(node.inputs) ? 3 : dtype === 'int8' ? 2 : 1;
    },
  },
});
