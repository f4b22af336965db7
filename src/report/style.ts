/**
 * Colours: the seven of Okabe and Ito (https://jfly.uni-koeln.de/color/), which people with any kind of colour blindness tell
 * apart, darkened or lightened to stand out from the page in light and dark. r0 … r6 are runtimes, p0 … p6 parts and operators.
 */
const light = `
--page:#fff;--raised:#f6f7f9;--ink:#1b2330;--quiet:#5b6675;--faint:#8b95a3;--line:#dfe3e8;--track:#e9ecf0;--accent:#0b62a8;
--good:#0a6b4b;--bad:#b3361b;--warn:#fff6e0;--warn-line:#e0b64a;--area:#0b62a826;
--c-blue:#0072b2;--c-orange:#d55e00;--c-green:#00875f;--c-purple:#b4568f;--c-yellow:#b98900;--c-sky:#3a9bd6;--c-grey:#7b8594;`;
const dark = `
--page:#12161c;--raised:#1b2129;--ink:#e8ecf1;--quiet:#a7b1be;--faint:#768191;--line:#2d3541;--track:#262d37;--accent:#6db7f2;
--good:#4ecb9b;--bad:#ff8f70;--warn:#2b2413;--warn-line:#8a6d1f;--area:#6db7f22e;
--c-blue:#4ba6e8;--c-orange:#f0803c;--c-green:#2fbf8f;--c-purple:#dd8dbd;--c-yellow:#e0b03c;--c-sky:#8fd0ff;--c-grey:#8d97a6;`;

const runtimeColours = ['grey', 'blue', 'orange', 'green', 'purple', 'yellow', 'sky'];
const partColours = ['blue', 'orange', 'green', 'yellow', 'purple', 'sky', 'grey'];
const colourRules = [
  ...runtimeColours.map((c, i) => `.r${i}{--c:var(--c-${c})}`),
  ...partColours.map((c, i) => `.p${i}{--c:var(--c-${c})}`),
  ...['blue', 'orange', 'green'].map((c, i) => `.c${i}{--c:var(--c-${c})}`),
].join('');

const layout = `
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0 auto;max-width:1120px;padding:32px 40px 64px;background:var(--page);color:var(--ink);
font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;overflow-wrap:anywhere}
h1{font-size:28px;line-height:1.2;margin:4px 0 20px;letter-spacing:-.01em;text-wrap:balance}
h2{font-size:19px;line-height:1.3;margin:0 0 12px}
h3{font-size:15px;margin:20px 0 8px}
section{margin:48px 0 0}
small{font-size:12.5px;color:var(--quiet)}
.kicker{margin:0;color:var(--quiet);font-size:13px}
.kicker time::before{content:"· "}
.lead{margin:-6px 0 12px;color:var(--quiet);max-width:90ch}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:12px}
.tile{background:var(--raised);border-radius:10px;padding:12px 14px;display:flex;flex-direction:column}
.tile span{font-size:12.5px;color:var(--quiet)}
.tile strong{font-size:23px;line-height:1.3;font-weight:650;font-variant-numeric:tabular-nums}
.warnings{margin-top:24px;background:var(--warn);border-left:3px solid var(--warn-line);border-radius:4px;padding:10px 16px}
.warnings ul{margin:0;padding-left:18px}
.warnings li::marker{color:var(--warn-line)}
.grid{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(300px,100%),1fr));gap:28px 36px}
.grid+.legend{margin-top:24px}
.grid>*{min-width:0;max-width:440px}
figure{margin:0;break-inside:avoid}
figcaption{font-weight:600;margin-bottom:8px}
.narrow{display:none}
svg{display:block;width:100%;height:auto;overflow:visible}
.legend{margin:0 0 12px;display:flex;flex-wrap:wrap;gap:4px 16px;font-size:13px;color:var(--quiet)}
figure .legend{margin:4px 0 0}
.key{display:inline-flex;align-items:baseline;gap:6px}
.key i{flex:none;width:10px;height:10px;border-radius:2px;background:var(--c)}
.key i.course{height:3px;align-self:center;border-radius:0}
.key i.limit{width:2px;height:12px;background:var(--ink);border-radius:0}
.key svg{width:14px;flex:none;align-self:center}
details{margin-bottom:8px}
summary{cursor:pointer;font-size:14px;padding:4px 0}
.model>details>summary{font-weight:600}
.model details[open]>summary{margin-bottom:6px}
details.figures>summary{color:var(--quiet);font-size:13px}
footer{margin-top:56px;border-top:1px solid var(--line);padding-top:24px}
.notes{margin:0;display:grid;grid-template-columns:max-content 1fr;gap:10px 16px}
.notes dt,.notes dd{margin:0}
.notes small{display:block}`;

const tables = `
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
th,td{text-align:left;padding:8px;vertical-align:top;border-bottom:1px solid var(--line)}
tr>:first-child{padding-left:0}
tr>:last-child{padding-right:0}
thead th{font-size:12.5px;font-weight:600;color:var(--quiet);white-space:nowrap;vertical-align:bottom}
thead th small{font-weight:400}
tbody th{font-weight:600}
.right{text-align:right}
td.right{white-space:nowrap}
.scroll{overflow-x:auto}
.plain{width:auto;min-width:50%}
.plain tbody th{font-weight:500;min-width:12em}
.plain td,.plain thead th{white-space:nowrap}
.plain.small td:nth-child(2){white-space:normal;min-width:9em}
.small{font-size:13px}
.small th,.small td{padding:4px 8px}
.sortable{cursor:pointer}
.sortable:hover{color:var(--ink)}
[aria-sort]{color:var(--ink)}
[aria-sort]::after{content:" ↑"}
[aria-sort=descending]::after{content:" ↓"}
.comparison .group th{padding:22px 0 6px;font-size:15px;border-bottom-color:var(--faint)}
.comparison .group small{font-weight:400}
.comparison tbody:first-of-type .group th{padding-top:12px}
.comparison td small{display:block}
.comparison .figures small{display:inline}
.comparison .device{min-width:8.5em}
.comparison .runtime{min-width:7.5em;overflow-wrap:normal}
.comparison .whole{white-space:nowrap}
.comparison .over{color:var(--bad)}
nav{display:flex;flex-wrap:wrap;gap:4px 18px;margin-top:20px;font-size:14px}
nav a{color:var(--accent);text-decoration:none}
nav a:hover{text-decoration:underline}
.comparison .latency{width:21%;min-width:170px}
.comparison .fits{min-width:8.5em;width:16%}
.figures strong{font-weight:650}
.figures small{display:inline;margin-left:8px}
.bar{display:block}
span.bar{position:relative;height:6px;margin-top:5px;border-radius:3px;background:var(--track)}
.bar i{position:absolute;top:0;bottom:0;min-width:3px;border-radius:3px;background:var(--accent);opacity:.45}
.bar b{position:absolute;top:-2px;bottom:-2px;width:3px;margin-left:-1.5px;border-radius:1px;background:var(--accent)}
.misfit .bar i,.misfit .bar b{background:var(--faint)}
.yes{color:var(--good);font-weight:600;white-space:nowrap}
.no{color:var(--bad);font-weight:600;white-space:nowrap}
.none{color:var(--quiet)}
.badge{display:inline-block;font-size:12px;line-height:1.3;padding:1px 8px;border-radius:9px;border:1px solid var(--faint);color:var(--quiet);white-space:nowrap}
.badge.estimated{border-style:dashed}
.badge.measured{background:var(--good);border-color:var(--good);color:var(--page)}
.badge.emulated{border-color:var(--accent);color:var(--accent)}`;

const charts = `
svg text{font-size:11px;fill:var(--ink);font-variant-numeric:tabular-nums}
svg .tick{fill:var(--quiet)}
svg .label{fill:var(--quiet)}
svg .strong{fill:var(--ink)}
svg .num{fill:var(--ink)}
svg .bad{fill:var(--bad);stroke:none}
svg line.bad{stroke:var(--bad)}
line.grid{stroke:var(--line);stroke-width:1}
.axis{stroke:var(--faint);stroke-width:1}
.guide{stroke:var(--line);stroke-width:1;stroke-dasharray:2 3}
.leader{stroke:var(--faint);stroke-width:.75;fill:none;opacity:.8}
.link{fill:none;stroke:var(--c);stroke-width:1.25;opacity:.35}
.range{stroke:var(--c);stroke-width:2.5;stroke-linecap:round;opacity:.5}
.mark{fill:var(--c);stroke:var(--page);stroke-width:1}
.mark.m{--c:var(--accent)}
.mark.hollow{fill:var(--page);stroke:var(--c);stroke-width:1.75}
svg .name{fill:var(--c);font-weight:600}
.area{fill:var(--area)}
svg .course{fill:none;stroke:var(--c);stroke-width:1.5}
svg .c1{stroke-dasharray:4 2}
svg .c2{stroke-dasharray:1.5 2}
.peak{fill:var(--c-orange);stroke:var(--page);stroke-width:1.5}
.peak-line{stroke:var(--c-orange);stroke-width:1;stroke-dasharray:3 3}
.hit{fill:transparent}
.hit:hover{fill:var(--area)}
.track{fill:var(--track)}
rect.bar{fill:var(--c)}
.limit{stroke:var(--ink);stroke-width:2}`;

const phone = `
@media screen and (max-width:760px){
body{padding:20px 16px 48px;font-size:15px}
h1{font-size:23px}
section{margin-top:36px}
.wide{display:none}
.narrow{display:block}
.grid+.legend{margin-top:24px}
.grid>*{max-width:none}
.tiles{grid-template-columns:1fr 1fr;gap:8px}
.tile{padding:10px 12px}
.tile strong{font-size:20px}
.notes{grid-template-columns:1fr;gap:2px}
.notes dd{margin-bottom:10px}
.comparison,.comparison tbody{display:block}
.comparison thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.comparison .group{display:block}
.comparison .group th{display:block;border:0;padding-bottom:2px}
.comparison tr:not(.group){display:grid;grid-template-columns:repeat(3,1fr);gap:4px 12px;padding:12px 0;border-top:1px solid var(--line)}
.comparison tr:not(.group)>*{border:0;padding:0;text-align:left;min-width:0;max-width:none;width:auto}
.comparison .device{grid-column:1/3}
.comparison .source{grid-column:3;grid-row:1;justify-self:end}
.comparison .runtime{grid-column:1/3;grid-row:2;color:var(--quiet);font-size:13px}
.comparison .fits{grid-column:1/-1}
.comparison .fits small{display:inline;margin-left:8px}
.comparison .latency,.comparison .why{grid-column:1/-1}
.comparison .right::before{content:attr(data-label);display:block;font-size:12.5px;color:var(--quiet)}
.comparison .right.empty{visibility:hidden}
.comparison .right{white-space:normal}
}`;

const paper = `
@media print{
nav{display:none}
body{max-width:none;padding:0;font-size:10pt}
section,figure,.model>details,tr{break-inside:avoid}
#comparison,#layers,#bytes,#latency{break-inside:auto}
.sortable{cursor:auto}
.scroll{overflow:visible}
.comparison{font-size:9pt}
.comparison th,.comparison td{padding:4px}
.comparison td.latency{min-width:110px}
details.figures{display:none}
.comparison .device{min-width:7em}
.comparison .runtime,.comparison .fits{min-width:0}
.comparison .fits{width:auto}
.comparison small,.comparison .badge{font-size:7.5pt}
thead th small{display:none}
}`;

/** The page's style sheet. */
export const css = [
  `:root{${light}}`,
  `@media screen and (prefers-color-scheme:dark){:root{${dark}}}`,
  colourRules,
  layout,
  tables,
  charts,
  phone,
  paper,
]
  .join('')
  .replaceAll('\n', '');
