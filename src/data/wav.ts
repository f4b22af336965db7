import { ModelError } from '../errors.js';
import { fileBytes, statPath } from './files.js';

/** A PCM or float WAV file. */
export interface Wav {
  readonly path: string;
  /** Frames per second. */
  readonly rate: number;
  readonly channels: number;
  /** Number of frames (samples per channel). */
  readonly frames: number;
  /** Frames [start, start + count), the mean over channels, in [-1, 1] for integer formats. */
  read(start: number, count: number): Promise<Float32Array>;
}

/** Beyond this no recorder goes: the field is damaged. */
const fastest = 1_000_000;

type Decode = (bytes: Buffer, at: number) => number;

/** By format tag and bits. Integers are divided by their full scale, so that -1 is reached and 1 is not. */
const formats: Readonly<Record<string, Decode>> = {
  '1/8': (b, at) => (b[at] - 128) / 128,
  '1/16': (b, at) => b.readInt16LE(at) / 2 ** 15,
  '1/24': (b, at) => b.readIntLE(at, 3) / 2 ** 23,
  '1/32': (b, at) => b.readInt32LE(at) / 2 ** 31,
  '3/32': (b, at) => b.readFloatLE(at),
  '3/64': (b, at) => b.readDoubleLE(at),
};

/** Reads the header (RIFF/WAVE, also WAVE_FORMAT_EXTENSIBLE). Throws ModelError where it is damaged or the coding is compressed. */
export async function openWav(path: string): Promise<Wav> {
  const { size } = await statPath(path);
  const file = fileBytes(path, size);
  const damaged = (why: string) => new ModelError(`${path} is no usable WAV file: ${why}.`);
  if (size < 12) throw damaged(`it has only ${size} bytes`);
  const riff = await file.read(0, 12);
  if (riff.toString('latin1', 0, 4) !== 'RIFF' || riff.toString('latin1', 8) !== 'WAVE')
    throw damaged('it does not begin with RIFF and WAVE');

  let format: { tag: number; channels: number; rate: number; block: number; bits: number } | undefined;
  for (let at = 12; at + 8 <= size; ) {
    const head = await file.read(at, 8);
    const id = head.toString('latin1', 0, 4);
    const length = head.readUInt32LE(4);
    if (id === 'fmt ') {
      if (length < 16 || at + 8 + length > size) throw damaged('its fmt chunk is cut off');
      const f = await file.read(at + 8, Math.min(length, 40));
      const extensible = f.readUInt16LE(0) === 0xfffe && f.length >= 26;
      format = {
        tag: f.readUInt16LE(extensible ? 24 : 0),
        channels: f.readUInt16LE(2),
        rate: f.readUInt32LE(4),
        block: f.readUInt16LE(12),
        bits: f.readUInt16LE(14),
      };
    } else if (id === 'data') {
      if (!format) throw damaged('its data comes before its fmt chunk');
      const { tag, channels, rate, block, bits } = format;
      const decode = formats[`${tag}/${bits}`];
      if (!decode)
        throw damaged(`its coding (format ${tag}, ${bits} bits) is not PCM of 8, 16, 24 or 32 bits nor float; convert it to 16-bit PCM`);
      if (channels === 0 || rate === 0 || rate > fastest || block !== (channels * bits) / 8)
        throw damaged(
          `its fmt chunk says ${channels} channels, ${rate} Hz and ${block} bytes per frame of ${bits} bits, which does not go together`,
        );
      // A recorder that writes into a pipe leaves the length open.
      const open = length === 0xffffffff || (length === 0 && at + 8 < size);
      if (!open && at + 8 + length > size)
        throw damaged(`its data chunk has ${length} bytes from ${at + 8}, but the file ends at ${size}; it is truncated`);
      const frames = Math.floor((open ? size - at - 8 : length) / block);
      if (frames === 0) throw damaged('it holds no samples');
      return {
        path,
        rate,
        channels,
        frames,
        async read(start, count) {
          const bytes = await file.read(at + 8 + start * block, count * block);
          const out = new Float32Array(count);
          for (let i = 0; i < count; i++) {
            let sum = 0;
            for (let c = 0; c < channels; c++) sum += decode(bytes, i * block + (c * bits) / 8);
            out[i] = sum / channels;
          }
          return out;
        },
      };
    }
    // Chunks begin at even offsets.
    at += 8 + length + (length & 1);
  }
  throw damaged('it has no data chunk');
}
