/** Expressions for a browser; each gives what is wrong on the page as it is shown. */

const visible = `(e) => e.getClientRects().length > 0 && getComputedStyle(e).visibility === 'visible'`;

/** Elements and texts of charts that stick out of the window, but for what scrolls in a box of its own. */
export const overflowing = `[...document.querySelectorAll('body *')]
  .filter((e) => (${visible})(e) && !e.closest('.scroll') && !e.matches('thead, thead *'))
  .filter((e) => { const r = e.getBoundingClientRect(); return r.width > 0 && (r.left < -1 || r.right > innerWidth + 1); })
  .map((e) => e.tagName + ' ' + (e.getAttribute('class') ?? '') + ': ' + e.textContent.slice(0, 60))`;

/** Charts without an extent, a name or a description, or with texts and marks outside of it. */
export const unseen = `[...document.querySelectorAll('svg[role=img]')].filter(${visible}).flatMap((svg) => {
  const box = svg.getBoundingClientRect();
  const name = svg.querySelector('title')?.textContent ?? '';
  const wrong = [];
  if (box.width < 100 || box.height < 20) wrong.push('too small');
  const labels = svg.getAttribute('aria-labelledby').split(' ').map((id) => document.getElementById(id)?.textContent ?? '');
  if (labels.length !== 2 || labels.some((t) => t.length < 5)) wrong.push('not described');
  for (const e of svg.querySelectorAll('text, .mark, .bar')) {
    const r = e.getBoundingClientRect();
    if (r.left < box.left - 1 || r.right > box.right + 1 || r.top < box.top - 2 || r.bottom > box.bottom + 2) wrong.push('outside: ' + e.textContent);
  }
  return wrong.map((w) => name + ': ' + w);
})`;

/** Pairs of texts of a chart that lie over each other. */
export const overlapping = `[...document.querySelectorAll('svg[role=img]')].filter(${visible}).flatMap((svg) => {
  const all = [...svg.querySelectorAll('text')].map((e) => ({ text: e.textContent, r: e.getBoundingClientRect() }));
  return all.flatMap((a, i) => all.slice(i + 1)
    .filter((b) => Math.min(a.r.right, b.r.right) - Math.max(a.r.left, b.r.left) > 1 && Math.min(a.r.bottom, b.r.bottom) - Math.max(a.r.top, b.r.top) > 3.5)
    .map((b) => svg.querySelector('title').textContent + ': "' + a.text + '" and "' + b.text + '"'));
})`;

/** Texts whose contrast with what is behind them is below 4.5 (WCAG 2.2, 1.4.3), or 3 for bold names in charts. */
export const contrasts = `(() => {
  const parse = (c) => c.match(/[\\d.]+/g).map(Number);
  const channel = (v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4);
  const luminance = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const behind = (e) => {
    for (let p = e; p; p = p.parentElement) {
      const [r, g, b, a = 1] = parse(getComputedStyle(p).backgroundColor);
      if (a === 1) return [r, g, b];
    }
    return [255, 255, 255];
  };
  const found = new Set();
  for (const e of document.querySelectorAll('body *')) {
    if (!(${visible})(e) || e.closest('script')) continue;
    if (![...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim())) continue;
    const svg = e.closest('svg');
    const style = getComputedStyle(e);
    const [a, b] = [luminance(parse(svg ? style.fill : style.color)), luminance(behind(svg ? svg.parentElement : e))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < (e.matches('.name') ? 3 : 4.5)) found.add(e.tagName + '.' + (e.getAttribute('class') ?? '') + ' ' + ratio.toFixed(2));
  }
  return [...found];
})()`;
