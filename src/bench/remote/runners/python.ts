/**
 * Text for a shell that looks for a Python with one of some modules, and prints its path, and the module's name and version.
 * The module itself is not imported: that takes seconds on a small device.
 */
export const pythonProbe = (modules: readonly string[]): string => `for p in python3 python; do
p=$(find "$p") || continue
"$p" -c '
import sys, importlib.util as u
try:
    from importlib.metadata import version
except ImportError:
    version = lambda name: "of unknown version"
for m in "${modules.join(' ')}".split():
    if u.find_spec(m):
        try:
            v = version(m)
        except Exception:
            v = "of unknown version"
        print(sys.executable, m + " " + v, m, sep="\\t")
        sys.exit(0)
sys.exit(1)
' && break
done`;
