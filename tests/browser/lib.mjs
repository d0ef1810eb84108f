// What every browser test needs: a server with practice data, a browser, a page that is looked at strictly.
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Starts `lienthong demo` on a folder of its own and waits until the story has run and the pages are served. */
export async function startDemo(binary) {
  const folder = mkdtempSync(join(tmpdir(), "lienthong-browser-"));
  const child = spawn(binary, ["demo", "--data", join(folder, "data"), "--listen", "127.0.0.1:0"], { stdio: ["ignore", "pipe", "inherit"] });
  let text = "";
  const address = await new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`the demo did not start:\n${text}`)), 240_000);
    child.stdout.on("data", (chunk) => {
      text += chunk;
      const found = text.match(/^SERVING (http:\/\/\S+)$/m);
      if (found) { clearTimeout(timer); resolve(found[1]); }
    });
    child.on("exit", (code) => reject(new Error(`the demo ended with ${code}:\n${text}`)));
  });
  const password = text.match(/^PASSWORD (\S+)$/m)?.[1];
  const second = text.match(/^SECOND (http:\/\/\S+)$/m)?.[1];
  return {
    address, password, second,
    stop: () => new Promise((resolve) => {
      child.removeAllListeners("exit");
      child.on("exit", () => { rmSync(folder, { recursive: true, force: true }); resolve(); });
      child.kill("SIGTERM");
    }),
  };
}

/** Debian's Chromium, or the one named in CHROMIUM. */
export async function startBrowser() {
  const executablePath = process.env.CHROMIUM ?? ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);
  if (!executablePath) throw new Error("no Chromium: apt-get install chromium");
  return chromium.launch({
    executablePath,
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
}

export const failures = [];
let passed = 0;

/** Counts a check; a failure is kept and told at the end, so that one run shows everything. */
export function check(what, holds, detail = "") {
  if (holds) { passed += 1; return true; }
  failures.push(`${what}${detail ? `: ${detail}` : ""}`);
  console.error(`FAIL ${what} ${detail}`);
  return false;
}

/** Closing line that any runner can read; the exit code follows it. */
export function finish() {
  for (const failure of failures) console.error(`- ${failure}`);
  console.log(`${passed} passed, ${failures.length} failed`);
  process.exit(failures.length ? 1 : 0);
}

/** A page whose console errors, policy violations and failed requests are failures. */
export async function openPage(browser, { width = 1366, height = 900, dark = false, lang = "vi", script = true, address } = {}) {
  const context = await browser.newContext({
    viewport: { width, height }, colorScheme: dark ? "dark" : "light", javaScriptEnabled: script,
    locale: lang === "en" ? "en-GB" : "vi-VN", baseURL: address,
  });
  const page = await context.newPage();
  page.on("console", (message) => { if (message.type() === "error" && !/status of 4\d\d/.test(message.text())) check("console is quiet", false, `${page.url()} ${message.text()}`); });
  page.on("pageerror", (error) => check("no script error", false, `${page.url()} ${error}`));
  page.on("response", (response) => { if (response.status() >= 500) check("no server error", false, `${response.status()} ${response.url()}`); });
  return page;
}

/** Signs a person in through the page itself. */
export async function signIn(page, username, password) {
  await page.goto("/dang-nhap");
  await page.fill("input[name=username]", username);
  await page.fill("input[name=password]", password);
  await Promise.all([page.waitForNavigation(), page.press("input[name=password]", "Enter")]);
  return check(`${username} signs in`, !page.url().includes("/dang-nhap"), page.url());
}

/** Looks at the page as an exacting reader: axe, one h1, language, no sideways scrolling, no empty links. */
export async function inspect(page, what) {
  const problems = await page.evaluate(() => {
    const out = [];
    const h1 = document.querySelectorAll("h1").length;
    if (h1 !== 1) out.push(`${h1} h1`);
    if (!document.documentElement.lang) out.push("no lang");
    if (!document.title) out.push("no title");
    const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
    if (wide > 0) out.push(`scrolls sideways by ${wide}px`);
    if (document.querySelector("[style]")) out.push("style attribute");
    for (const a of document.querySelectorAll("a")) if (!a.textContent.trim() && !a.getAttribute("aria-label") && !a.querySelector("title,img[alt],[aria-label]")) out.push(`nameless link ${a.href}`);
    return out;
  });
  check(`${what}: page is sound`, problems.length === 0, problems.join("; "));
  if (await page.evaluate(() => true).catch(() => false)) {
    // The strict policy forbids injected script tags; the debugger's own channel is not bound by it.
    const session = await page.context().newCDPSession(page);
    await session.send("Runtime.evaluate", { expression: axeSource });
    const answer = await session.send("Runtime.evaluate", {
      expression: "axe.run(document,{runOnly:['wcag2a','wcag2aa','wcag21a','wcag21aa','wcag22aa']}).then(r=>JSON.stringify(r.violations.map(v=>({id:v.id,n:v.nodes.length,at:v.nodes[0].target.join(' '),why:v.nodes[0].failureSummary}))))",
      awaitPromise: true, returnByValue: true,
    });
    const violations = JSON.parse(answer.result.value ?? "[]");
    check(`${what}: axe`, violations.length === 0, violations.map((v) => `${v.id}×${v.n} at ${v.at}`).join("; "));
    await session.detach();
  }
}

/** Keeps a picture when SHOTS names a folder. */
export async function shot(page, name, options = {}) {
  if (!process.env.SHOTS) return;
  mkdirSync(process.env.SHOTS, { recursive: true });
  await page.screenshot({ path: join(process.env.SHOTS, `${name}.png`), fullPage: false, ...options });
}
