import { resolveSettings } from '../../config/resolve.js';
import type { Given } from '../../config/text.js';
import { UsageError } from '../../errors.js';
import type { VerifyReport } from '../../quantize/verify-files.js';
import { type GateReport, gateReport } from '../render/gates.js';
import { renderVerify } from '../render/verify.js';
import { dataOptions, gatesOf, readOptions } from './options.js';
import { openTerminal } from './terminal.js';

/** What `edgeml verify --json` prints. */
export interface VerifyDocument extends VerifyReport {
  readonly gates?: GateReport;
  readonly config?: string;
}

/** `edgeml verify <float> <quantized>`. */
export async function verifyCommand(float: string, quantized: string, flags: Readonly<Record<string, Given>>): Promise<void> {
  const settings = await resolveSettings('verify', flags, float);
  const { values, config } = settings;
  if (values.data === undefined)
    throw new UsageError(
      'There are no samples to compare on. Give them with --data PATH: a folder of images, raw .bin or .wav files, a .npy, .npz or CSV file.',
    );
  const terminal = await openTerminal(values);
  try {
    for (const w of settings.warnings) terminal.warn(w);
    const { verify } = await import('../../quantize/verify-files.js');
    const gates = gatesOf(values);
    const { report, gateError } = await verify(float, quantized, {
      ...readOptions(values),
      data: values.data,
      dataOptions: dataOptions(values),
      gates,
      onWarning: terminal.warn,
      onProgress: (done, total) => terminal.progress.update('Verifying', done, total, 'samples'),
    });
    const document: VerifyDocument = {
      ...report,
      ...(gates && { gates: gateReport(gates, gateError) }),
      ...(config !== undefined && { config }),
    };
    terminal.result(document, () => (values.quiet ? [] : renderVerify(document, terminal.style)));
    if (gateError) throw gateError;
  } finally {
    terminal.progress.stop();
  }
}
