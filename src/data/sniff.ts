/** What a file holds, by its first bytes. */
export type FileKind = 'image' | 'npy' | 'zip' | 'wav' | 'text' | 'unknown';

/** As many bytes as {@link sniff} looks at. */
export const sniffLength = 512;

export interface Sniffed {
  readonly kind: FileKind;
  /** For messages: "a JPEG image", "a gzip archive". */
  readonly what: string;
}

const ascii = (bytes: Uint8Array, at: number, text: string): boolean => {
  for (let i = 0; i < text.length; i++) if (bytes[at + i] !== text.charCodeAt(i)) return false;
  return true;
};

const signatures: readonly (readonly [offset: number, text: string, kind: FileKind, what: string])[] = [
  [0, '\xff\xd8\xff', 'image', 'a JPEG image'],
  [0, '\x89PNG\r\n\x1a\n', 'image', 'a PNG image'],
  [0, 'GIF87a', 'image', 'a GIF image'],
  [0, 'GIF89a', 'image', 'a GIF image'],
  [0, 'II*\0', 'image', 'a TIFF image'],
  [0, 'MM\0*', 'image', 'a TIFF image'],
  [4, 'ftypavif', 'image', 'an AVIF image'],
  [4, 'ftypheic', 'unknown', 'a HEIC image, which is not supported: convert it to JPEG or PNG'],
  [0, 'BM', 'unknown', 'a BMP image, which is not supported: convert it to PNG'],
  [0, '\x93NUMPY', 'npy', 'a NumPy array'],
  [0, 'PK\x03\x04', 'zip', 'a zip archive'],
  [0, 'PK\x05\x06', 'zip', 'an empty zip archive'],
  [0, '\x89HDF\r\n\x1a\n', 'unknown', 'an HDF5 file: save the samples as .npy or .npz'],
  [0, '\x1f\x8b', 'unknown', 'a gzip archive: unpack it first'],
  [0, 'BZh', 'unknown', 'a bzip2 archive: unpack it first'],
  [0, '\xfd7zXZ\0', 'unknown', 'an xz archive: unpack it first'],
  [0, "7z\xbc\xaf'\x1c", 'unknown', 'a 7-Zip archive: unpack it first'],
  [257, 'ustar', 'unknown', 'a tar archive: unpack it first'],
  [0, 'PAR1', 'unknown', 'a Parquet file: save the samples as .npy or .npz'],
  [0, 'fLaC', 'unknown', 'FLAC audio: convert it to WAV'],
  [0, 'ID3', 'unknown', 'MP3 audio: convert it to WAV'],
  [0, 'OggS', 'unknown', 'Ogg audio: convert it to WAV'],
  [0, 'RIFX', 'unknown', 'a big-endian WAV file: convert it to the usual little-endian one'],
  [0, 'RF64', 'unknown', 'a 64-bit WAV file: split it into files below 4 GB'],
  [0, '%PDF', 'unknown', 'a PDF file'],
];

/** Recognises the beginning of a file (as many bytes of {@link sniffLength} as it has). */
export function sniff(head: Uint8Array): Sniffed {
  if (head.length === 0) return { kind: 'unknown', what: 'an empty file' };
  if (ascii(head, 0, 'RIFF')) {
    if (ascii(head, 8, 'WAVE')) return { kind: 'wav', what: 'a WAV file' };
    if (ascii(head, 8, 'WEBP')) return { kind: 'image', what: 'a WebP image' };
  }
  for (const [offset, text, kind, what] of signatures) {
    // Two letters are a signature only where the rest is not text.
    if (text === 'BM' && isText(head)) continue;
    if (ascii(head, offset, text)) return { kind, what };
  }
  if (isText(head)) return { kind: 'text', what: 'a text file' };
  return { kind: 'unknown', what: 'a file that begins like no format known here' };
}

/** No control characters but white space, and bytes that could be UTF-8 (the last character may be cut) or a UTF-16 mark. */
function isText(head: Uint8Array): boolean {
  if ((head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff)) return true;
  for (const b of head) if ((b < 32 && b !== 9 && b !== 10 && b !== 12 && b !== 13) || b === 127) return false;
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: true });
    return true;
  } catch {
    return false;
  }
}
