/*
 * Opens pages of `chainrule explain --format html` in headless Chromium: no error on the console, no
 * request but for the file itself, every formula laid out, words readable in light and in dark, and
 * nothing wider than the window but what scrolls.
 *
 * usage: check_page.mjs PLAYWRIGHT-FOLDER CHROMIUM [--pictures FOLDER] PAGE.html...
 */
import { createRequire } from 'node:module';
import { basename, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const [folder, executablePath, ...rest] = process.argv.slice(2);
const pictures = rest[0] === '--pictures' ? rest.splice(0, 2)[1] : null;
const { chromium } = createRequire(join(resolve(folder), 'x.js'))('playwright-core');

const READABLE = 4.5; /* WCAG 2.2, 1.4.3: the contrast of text of ordinary size */

/* Runs in the page: every element with words of its own, and its contrast with what is behind it. */
function measure() {
  const light = (c) => {
    const [r, g, b] = c.map((v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const numbers = (color) => color.match(/[\d.]+/g).map(Number);
  const behind = (element) => {
    for (let e = element; e; e = e.parentElement) {
      const color = numbers(getComputedStyle(e).backgroundColor);
      if (color.length < 4 || color[3] > 0) return color.slice(0, 3);
    }
    return [255, 255, 255];
  };
  let worst = 99;
  let least = '';
  for (const element of document.body.querySelectorAll('*')) {
    const words = [...element.childNodes].some((n) => n.nodeType === 3 && n.data.trim() !== '');
    if (!words) continue;
    const pair = [light(numbers(getComputedStyle(element).color).slice(0, 3)), light(behind(element))].sort();
    const contrast = (pair[1] + 0.05) / (pair[0] + 0.05);
    if (contrast < worst) [worst, least] = [contrast, element.textContent.slice(0, 40)];
  }
  const maths = [...document.querySelectorAll('math')].map((m) => m.getBoundingClientRect());
  return {
    worst,
    least,
    maths: maths.length,
    flat: maths.filter((box) => !(box.height > 5 && box.width > 5)).length,
    beyond: document.documentElement.scrollWidth - window.innerWidth,
    headings: document.querySelectorAll('h1').length,
  };
}

const failures = [];
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-background-networking'] });
for (const path of rest) {
  for (const [scheme, width] of [['light', 1000], ['dark', 1000], ['light', 380]]) {
    const name = `${basename(path)} (${scheme}, ${width} wide)`;
    const page = await browser.newPage({ colorScheme: scheme, viewport: { width, height: 900 } });
    const fail = (what) => failures.push(`${name}: ${what}`);
    const url = pathToFileURL(resolve(path)).href;
    page.on('console', (message) => fail(`on the console: ${message.text()}`));
    page.on('pageerror', (error) => fail(`an error: ${error.message}`));
    page.on('request', (request) => request.url() === url || fail(`a request for ${request.url()}`));
    await page.goto(url);
    const found = await page.evaluate(measure);
    if (found.maths === 0) fail('no formula');
    if (found.flat > 0) fail(`${found.flat} of ${found.maths} formulas are not laid out`);
    if (found.worst < READABLE) fail(`a contrast of ${found.worst.toFixed(2)} at "${found.least}"`);
    if (found.beyond > 0) fail(`the page is ${found.beyond} pixels wider than the window`);
    if (found.headings !== 1) fail(`${found.headings} h1`);
    if (pictures) await page.screenshot({ path: join(pictures, `${basename(path)}-${scheme}-${width}.png`), fullPage: true });
    console.log(`${name}: ${found.maths} formulas, contrast at least ${found.worst.toFixed(1)}`);
    await page.close();
  }
}
await browser.close();
for (const failure of failures) console.error(failure);
process.exit(failures.length > 0 ? 1 : 0);
