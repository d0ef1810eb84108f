// Pages in a real browser: every page of every role (both languages, both themes, wide and narrow), then the whole journey by hand.
import { check, finish, startBrowser, startDemo } from "./lib.mjs";
import { hands } from "./hands.mjs";
import { journey } from "./journey.mjs";
import { pages } from "./pages.mjs";
import { picker } from "./picker.mjs";
import { walk } from "./walk.mjs";

const binary = process.env.LIENTHONG_BIN ?? "target/debug/lienthong";
/** Names of parts to run alone, e.g. `node run.mjs walk`; none: all. */
const asked = process.argv.slice(2);
const demo = await startDemo(binary);
const browser = await startBrowser();
try {
  for (const part of [pages, journey, picker, walk, hands]) {
    if (!asked.length || asked.includes(part.name)) await part(browser, demo);
  }
} catch (error) {
  check("the run reaches its end", false, String(error?.stack ?? error));
} finally {
  await browser.close();
  await demo.stop();
}
finish();
