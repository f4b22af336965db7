/**
 * Sorting of the comparison within each model, by a click or a key on a heading; and everything unfolded on paper.
 * Without it the page says the same in the report's order.
 */
export const script = `
for (const th of document.querySelectorAll('.comparison th[data-key]')) {
  const sort = () => {
    const up = th.getAttribute('aria-sort') !== 'ascending';
    for (const other of th.parentNode.children) other.removeAttribute('aria-sort');
    th.setAttribute('aria-sort', up ? 'ascending' : 'descending');
    const value = (tr) => tr.querySelector('.' + th.dataset.key)?.dataset.sort ?? '';
    const compare = (a, b) => {
      const [x, y] = [value(a), value(b)];
      if (x === '' || y === '') return (x === '') - (y === '');
      return (up ? 1 : -1) * (Number(x) - Number(y) || x.localeCompare(y));
    };
    for (const body of document.querySelectorAll('.comparison tbody')) {
      const rows = [...body.querySelectorAll('tr:not(.group)')];
      body.append(...rows.sort(compare));
    }
  };
  th.tabIndex = 0;
  th.classList.add('sortable');
  th.addEventListener('click', sort);
  th.addEventListener('keydown', (e) => {
    if (e.key !== 'Enter' && e.key !== ' ') return;
    e.preventDefault();
    sort();
  });
}
addEventListener('beforeprint', () => {
  for (const d of document.querySelectorAll('details')) d.open = true;
});
`;
