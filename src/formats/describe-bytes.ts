/** Files that are taken for models by mistake, by their first bytes: what to call them, and what to do instead. */
const magics: readonly { readonly at?: number; readonly bytes: string; readonly is: string }[] = [
  { bytes: '\x89PNG\r\n\x1a\n', is: 'is a PNG image' },
  { bytes: '\xff\xd8\xff', is: 'is a JPEG image' },
  { bytes: 'GIF8', is: 'is a GIF image' },
  { bytes: 'BM', at: 0, is: 'is a BMP image' },
  { bytes: 'RIFF', is: 'is a RIFF file (WAV audio, WebP or AVI)' },
  { bytes: '%PDF-', is: 'is a PDF document' },
  { bytes: '\x1f\x8b', is: 'is a gzip archive; unpack it first (gunzip or tar -xzf)' },
  { bytes: 'BZh', is: 'is a bzip2 archive; unpack it first (bunzip2 or tar -xjf)' },
  { bytes: '\xfd7zXZ\0', is: 'is an xz archive; unpack it first (unxz or tar -xJf)' },
  { bytes: '\x28\xb5\x2f\xfd', is: 'is a zstd archive; unpack it first (unzstd)' },
  { bytes: '7z\xbc\xaf\x27\x1c', is: 'is a 7z archive; unpack it first' },
  { bytes: 'Rar!', is: 'is a RAR archive; unpack it first' },
  { bytes: 'ustar', at: 257, is: 'is a tar archive; unpack it first (tar -xf)' },
  { bytes: '\x7fELF', is: 'is an ELF executable or library' },
  { bytes: 'MZ', is: 'is a Windows executable or library' },
  { bytes: '\0asm', is: 'is a WebAssembly module' },
  { bytes: '\x93NUMPY', is: 'is a NumPy array, not a model' },
  { bytes: 'GGUF', is: 'is a GGUF file (llama.cpp), which holds weights only' },
  { bytes: 'ORTM', at: 4, is: "is a model in ONNX Runtime's own format (.ort); give the .onnx file that it was made from" },
  { bytes: '\x80\x02', is: 'is a Python pickle (PyTorch or scikit-learn); export the model with torch.onnx.export or skl2onnx' },
  { bytes: '\x80\x03', is: 'is a Python pickle (PyTorch or scikit-learn); export the model with torch.onnx.export or skl2onnx' },
  { bytes: '\x80\x04', is: 'is a Python pickle (PyTorch or scikit-learn); export the model with torch.onnx.export or skl2onnx' },
  { bytes: '\x80\x05', is: 'is a Python pickle (PyTorch or scikit-learn); export the model with torch.onnx.export or skl2onnx' },
  { bytes: 'ptrt', is: 'is a TensorRT engine, which runs on one GPU only; give the model that it was built from' },
  { bytes: 'RKNN', is: 'is an RKNN model for Rockchip NPUs; give the model that it was converted from' },
  { bytes: '7767517\n', is: 'is an ncnn .param file; give the ONNX model that it was converted from' },
];

const texts: readonly { readonly pattern: RegExp; readonly is: string }[] = [
  { pattern: /^version https:\/\/git-lfs/, is: 'is a Git LFS pointer, not the file itself: run git lfs pull' },
  { pattern: /^\s*(<!doctype html|<html)/i, is: 'is a web page (HTML): the download gave a page instead of the file' },
  { pattern: /^\s*<\?xml[\s\S]*<net\b/, is: 'is an OpenVINO model description (XML); give the model that it was converted from' },
  { pattern: /^\s*<\?xml/, is: 'is an XML file' },
  { pattern: /^\s*(name|input|layer)\s*[:{][\s\S]*\blayers?\s*\{/, is: 'is a Caffe network description; convert it to ONNX first' },
];

/** What a file is that is no model, as the end of a sentence: "is a PNG image", "is text that begins with …". */
export function describeBytes(bytes: Uint8Array): string {
  const head = Buffer.from(bytes.subarray(0, 4096));
  const latin = head.toString('latin1');
  const magic = magics.find((m) => latin.startsWith(m.bytes, m.at ?? 0));
  if (magic) return magic.is;
  // safetensors: the length of a JSON header, then the header.
  if (latin.length > 9 && latin[8] === '{' && latin.slice(4, 8) === '\0\0\0\0')
    return 'is a safetensors file, which holds weights only; export the model to ONNX';
  const text = asText(head, bytes.length > head.length);
  if (text !== undefined) {
    const known = texts.find((t) => t.pattern.test(text));
    if (known) return known.is;
    const start = text.trim().replace(/\s+/g, ' ');
    return start === ''
      ? 'holds nothing but white space'
      : `is text that begins with '${start.length > 40 ? `${start.slice(0, 40)}…` : start}'`;
  }
  if (onlyZeros(bytes)) return `holds nothing but zeros (${bytes.length} bytes); the copy or download did not finish`;
  const hex = [...bytes.subarray(0, 8)].map((b) => b.toString(16).padStart(2, '0')).join(' ');
  return `is no model format that edgeml knows (it begins with the bytes ${hex})`;
}

/** A loop, not `every`: the file may have gigabytes. */
function onlyZeros(bytes: Uint8Array): boolean {
  for (let i = 0; i < bytes.length; i++) if (bytes[i] !== 0) return false;
  return true;
}

/** The bytes as text, where they are UTF-8 without control characters. */
function asText(head: Buffer, cut: boolean): string | undefined {
  try {
    // A multi-byte character may be cut where the head ends: `stream` keeps it back.
    const text = new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: cut });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what tells binary files from text
    return /[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]/.test(text) ? undefined : text;
  } catch {
    // Not UTF-8: no text.
    return undefined;
  }
}
