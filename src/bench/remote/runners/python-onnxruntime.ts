import type { Runner } from '../types.js';
import { pythonProbe } from './python.js';
import { measureWithScript } from './script.js';

/** Python with ONNX Runtime, on the CPU. */
export const pythonOnnxruntime: Runner = {
  ...{ name: 'python-onnxruntime', runtime: 'onnxruntime', install: 'pip install onnxruntime' },
  probe: pythonProbe(['onnxruntime']),
  takes: ({ format }) => format === 'onnx',
  measure: (job) => measureWithScript(job, 'time_onnx.py'),
};
