// Pages in a real browser: every page of every role (both languages, both themes, wide and narrow), then the whole journey by hand.
import { check, finish, startBrowser, startDemo } from "./lib.mjs";
import { hands } from "./hands.mjs";
import { journey } from "./journey.mjs";
import { pages } from "./pages.mjs";
import { walk } from "./walk.mjs";

const binary = process.env.LIENTHONG_BIN ?? "target/debug/lienthong";
const demo = await startDemo(binary);
const browser = await startBrowser();
try {
  await pages(browser, demo);
  await journey(browser, demo);
  await walk(browser, demo);
  await hands(browser, demo);
} catch (error) {
  check("the run reaches its end", false, String(error?.stack ?? error));
} finally {
  await browser.close();
  await demo.stop();
}
finish();
