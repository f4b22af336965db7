// Stands in for worker.ts: a native runtime that crashes, hangs or throws, as the case's name says.
process.on('message', ({ name }) => {
  if (name === 'crashes') process.abort();
  if (name === 'hangs') for (;;);
  process.send(name === 'throws' ? { error: 'out of order' } : { result: { name, operator: 'X', opset: 21, backends: {} } });
});
