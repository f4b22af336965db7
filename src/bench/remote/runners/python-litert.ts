import type { Runner } from '../types.js';
import { pythonProbe } from './python.js';
import { measureWithScript } from './script.js';

/** Python with LiteRT, under its present or its former name. */
export const pythonLitert: Runner = {
  ...{ name: 'python-litert', runtime: 'litert', install: 'pip install ai-edge-litert' },
  probe: pythonProbe(['ai_edge_litert', 'tflite_runtime']),
  takes: ({ format }) => format === 'tflite',
  measure: (job) => measureWithScript(job, 'time_tflite.py', [job.found.more[0]]),
};
