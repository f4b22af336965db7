import type { Runner } from '../types.js';
import { benchmarkModel } from './benchmark-model.js';
import { compiler } from './compiler.js';
import { nodeOnnxruntime } from './node-onnxruntime.js';
import { pythonLitert } from './python-litert.js';
import { pythonOnnxruntime } from './python-onnxruntime.js';
import { trtexec } from './trtexec.js';

/** Of runners of the same runtime, the first that is there and takes the model is the one that counts. */
export const runners: readonly Runner[] = [pythonLitert, benchmarkModel, pythonOnnxruntime, nodeOnnxruntime, trtexec, compiler];
