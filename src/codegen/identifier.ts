/** Words that C99, C11 or C++17 reserve, and names that Arduino or the SDKs define as macros. */
const reserved = new Set(
  `alignas alignof and and_eq asm atomic auto bitand bitor bool break case catch char class compl complex const constexpr const_cast
  continue decltype default delete do double dynamic_cast else enum explicit export extern false float for friend goto if imaginary inline
  int long main mutable namespace new noexcept not not_eq nullptr operator or or_eq private protected public register reinterpret_cast
  restrict return short signed sizeof static static_assert static_cast struct switch template this thread_local throw true try typedef
  typeid typename typeof union unsigned using virtual void volatile wchar_t while xor xor_eq setup loop std tflite linux unix`.split(/\s+/),
);

const maxLength = 48;

/**
 * A C identifier made of any name: lower case letters, digits and single underscores, never reserved, at most 48 characters.
 * Accents are dropped; what has no letter or digit of ASCII at all becomes `model`.
 */
export function identifierOf(name: string): string {
  const plain = name.normalize('NFKD').replace(/\p{M}+/gu, '');
  const words = plain
    .replace(/[^A-Za-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .toLowerCase();
  const cut = words.slice(0, maxLength).replace(/_+$/, '');
  if (cut === '') return 'model';
  return /^[0-9]/.test(cut) || reserved.has(cut) ? `model_${cut}` : cut;
}
