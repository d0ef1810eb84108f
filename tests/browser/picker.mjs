// The agency picker: suggestions while typing, by keys and by mouse; without script one searches.
import { check, inspect, openPage, shot, signIn } from "./lib.mjs";

const FIELD = "input[name=recipients_tim]";
const chosen = (page) => page.locator("input[name=recipients]:checked").evaluateAll((all) => all.map((i) => i.value));
const active = (page) => page.locator("[role=option][aria-selected=true]");

async function type(page, text) {
  await page.fill(FIELD, "");
  await page.locator(FIELD).pressSequentially(text, { delay: 15 });
  await page.waitForSelector("[role=option]", { timeout: 10_000 });
}

async function byKeys(page) {
  await page.goto("/van-ban-di/soan");
  await type(page, "so noi vu");
  const first = (await active(page).innerText()).replace(/\s+/g, " ");
  check("the first suggestion shows name, code and parent", ["Sở Nội vụ", "H57.09", "Ủy ban nhân dân thành phố Huế"].every((w) => first.includes(w)), first);
  check("the field says that a list is open", await page.getAttribute(FIELD, "aria-expanded") === "true");
  await inspect(page, "open suggestions");
  await shot(page, "picker-open");
  await page.keyboard.press("Escape");
  check("Esc closes the list and keeps what was typed", await page.locator("[role=listbox]").isHidden() && await page.inputValue(FIELD) === "so noi vu");
  await type(page, "so");
  const before = await active(page).getAttribute("data-code");
  await page.keyboard.press("ArrowDown");
  const after = await active(page).getAttribute("data-code");
  check("the arrow goes to the next", Boolean(after) && after !== before, `${before} ${after}`);
  const page1 = page.url();
  await page.keyboard.press("Enter");
  check("Enter chooses it and sends nothing", (await chosen(page)).join() === after && page.url() === page1, (await chosen(page)).join());
  check("the field is ready for the next", await page.inputValue(FIELD) === "" && await page.evaluate((f) => document.activeElement === document.querySelector(f), FIELD));
  await type(page, "G09");
  await active(page).click();
  check("a click chooses too", (await chosen(page)).includes("G09"));
  await type(page, "G09");
  await page.keyboard.press("Enter");
  check("nobody is chosen twice", (await chosen(page)).filter((c) => c === "G09").length === 1);
  await page.fill(FIELD, "");
  await page.fill("textarea[name=subject]", `Chọn nơi nhận bằng phím ${process.pid}`);
  await Promise.all([page.waitForNavigation(), page.getByRole("button", { name: "Lưu dự thảo" }).click()]);
  const saved = await page.locator("main").innerText();
  check("the chosen are saved with the draft", saved.includes("Bộ Nội vụ"), saved.slice(0, 400));
}

async function bare(page) {
  await page.goto("/van-ban-di/soan");
  await page.fill(FIELD, "so noi vu");
  await Promise.all([page.waitForNavigation(), page.press(FIELD, "Enter")]);
  await page.check('input[name=recipients][value="H57.09"]');
  check("without script one searches and ticks", (await page.locator("main").innerText()).includes("Ủy ban nhân dân thành phố Huế"));
  await page.goto("/co-quan?tim=noi+vu");
  check("the lookup is a page of its own", await page.locator("#tim-thay li").count() >= 2);
}

export async function picker(browser, demo) {
  const page = await openPage(browser, { address: demo.address });
  if (await signIn(page, "hue.chuyenvien", demo.password)) {
    await byKeys(page);
    await page.goto("/co-quan?tim=noi+vu");
    await inspect(page, "agency lookup");
  }
  await page.context().close();
  const phone = await openPage(browser, { address: demo.address, width: 360, height: 780 });
  if (await signIn(phone, "hue.chuyenvien", demo.password)) {
    await phone.goto("/van-ban-di/soan");
    await type(phone, "uy ban");
    await inspect(phone, "suggestions on a phone");
    await shot(phone, "picker-phone");
  }
  await phone.context().close();
  const plain = await openPage(browser, { address: demo.address, script: false });
  if (await signIn(plain, "hue.chuyenvien", demo.password)) await bare(plain);
  await plain.context().close();
}
