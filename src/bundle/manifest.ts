import { z } from 'zod';
import { ModelError } from '../errors.js';
import { pathFault } from './paths.js';

const sha256 = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .describe('SHA-256, 64 lower-case hexadecimal digits');

const file = z
  .strictObject({
    path: z.string().describe('Path in the bundle and in the release on the device, with forward slashes'),
    bytes: z.int().min(0).describe('Size in bytes'),
    sha256,
    executable: z.boolean().optional().describe('The file is a program: it gets mode 0555 on the device instead of 0444'),
  })
  .describe('One file');

const quantization = z
  .strictObject({
    scale: z.array(z.number()).describe('real = scale * (q - zero_point); one per tensor, or one per channel along axis'),
    zero_point: z.array(z.int()),
    axis: z.int().optional(),
  })
  .describe('Quantization parameters');

const port = z.strictObject({
  name: z.string(),
  dtype: z.string().describe('int8, uint8, int16, int32, int64, float32, bool, …'),
  shape: z.array(z.int().min(0)),
  quantization: quantization.optional(),
});

const tensor = z.strictObject({ dtype: z.string(), shape: z.array(z.int().min(0)), bytes: z.int().min(0).describe('Of one sample') });

const golden = z
  .strictObject({
    file: z.string().describe('Raw little-endian tensors: for each sample its inputs in order, then its outputs in order'),
    samples: z.int().min(1).describe('How many samples the file holds'),
    inputs: z.array(tensor),
    outputs: z.array(
      z.strictObject({ ...tensor.shape, tolerance: z.number().min(0).describe('Largest difference of an element, as it is stored') }),
    ),
    runtime: z.string().describe('What computed the expected outputs'),
    data: z.string().describe('Where the inputs are from: random numbers, or the samples that were given'),
  })
  .describe('Inputs that are run on the device after the switch, and the outputs that are expected');

const model = z.strictObject({
  file: z.string(),
  format: z.enum(['tflite', 'onnx']),
  inputs: z.array(port),
  outputs: z.array(port),
  operators: z.array(z.string()).describe('Operators that the runtime on the device has to know'),
  golden: golden.optional(),
});

/** What a bundle says of itself: `manifest.json`. A change of meaning raises the number in `schema`. */
export const manifestSchema = z
  .strictObject({
    schema: z.literal('edgeml.bundle/1'),
    name: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/)
      .describe('Name of what is deployed; the folder below the root on the device'),
    version: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9._+-]{0,63}$/)
      .describe("The user's own version; without one the first digits of the digest"),
    digest: sha256.describe('Of the whole content: SHA-256 of the lines "<sha256>  <path>\\n" of all files below, sorted by path'),
    files: z.array(file).min(1).describe('Every file beside manifest.json, SHA256SUMS and its signature'),
    models: z.array(model),
    requires: z
      .strictObject({
        architecture: z.array(z.string()).min(1).optional().describe('Processor architectures that it runs on; absent: any'),
        runtime: z.array(z.enum(['litert', 'onnxruntime'])).describe('Runtimes of the models'),
        operators: z.array(z.string()).describe('Operators of all models'),
        ram_bytes: z.int().min(0).describe('Least memory for models and activations; a device that has less available is refused'),
      })
      .describe('What a device needs'),
    provenance: z
      .strictObject({
        tool: z.string().describe('edgeml and its version'),
        sources: z.array(z.strictObject({ path: z.string(), sha256 })).describe('The files that were given'),
        options: z.record(z.string(), z.unknown()).describe('How the bundle was made'),
      })
      .describe('Where it came from'),
  })
  .describe('Manifest of an edgeml bundle');

export type Manifest = z.infer<typeof manifestSchema>;
export type BundleFile = Manifest['files'][number];
export type BundleModel = Manifest['models'][number];
export type Golden = NonNullable<BundleModel['golden']>;

/** `manifest.json` as it stands in a bundle: the same manifest gives the same bytes. */
export const manifestText = (manifest: Manifest): string => `${JSON.stringify(manifest, null, 2)}\n`;

/** Reads a `manifest.json`. Throws ModelError naming the field, its value's fault and `where` it stands. */
export function parseManifest(text: string, where: string): Manifest {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    throw new ModelError(`${where} is not valid JSON (${(error as Error).message}). Make the bundle anew.`, { cause: error });
  }
  const schema = (content as { schema?: unknown } | null)?.schema;
  if (typeof schema === 'string' && schema.startsWith('edgeml.bundle/') && schema !== 'edgeml.bundle/1') {
    throw new ModelError(`${where} is of the kind '${schema}', which this version of edgeml does not know. Update edgeml.`);
  }
  const result = manifestSchema.safeParse(content);
  if (!result.success) {
    const [{ path, message }] = result.error.issues;
    throw new ModelError(`${where}: ${path.map(String).join('.') || 'the document'}: ${message}. Make the bundle anew.`);
  }
  const { files } = result.data;
  for (const { path } of files) {
    const fault = pathFault(path);
    if (fault) throw new ModelError(`${where} names the file ${JSON.stringify(path)}, which ${fault}. Make the bundle anew.`);
  }
  return result.data;
}

/** JSON Schema of `manifest.json`, for editors and for readers in other languages. */
export const manifestJsonSchema = (): Record<string, unknown> => ({
  $id: 'https://edgeml.dev/schemas/bundle-manifest.schema.json',
  title: 'edgeml bundle manifest',
  ...z.toJSONSchema(manifestSchema, { target: 'draft-2020-12' }),
});
