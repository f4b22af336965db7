const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'a part of the path is a file, not a folder',
  EACCES: 'reading it is not permitted',
  EPERM: 'reading it is not permitted',
  ELOOP: 'its symbolic links go round in a circle',
  ENAMETOOLONG: 'the path is too long',
  EMFILE: 'too many files are open',
  EISDIR: 'it is a folder',
  EIO: 'the disk reported an error',
};

/** Why the operating system let a file not be read, as a clause for after a colon; undefined for errors that are not its. */
export function whyUnreadable(error: unknown): string | undefined {
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (code === 'ERR_INVALID_ARG_VALUE') return 'its name holds a zero byte';
  return code && syscall ? (reasons[code] ?? `the system says ${code}`) : undefined;
}
