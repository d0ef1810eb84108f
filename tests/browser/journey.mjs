// The journey by hand: a stranger with the printed accounts drafts, approves, signs, issues, registers, directs, works and answers.
import { check, inspect, openPage, shot, signIn } from "./lib.mjs";

const SUBJECT = "Về việc rà soát tài liệu lưu trữ quý IV";

async function as(browser, demo, who, does) {
  const page = await openPage(browser, { address: demo.address });
  if (await signIn(page, who, demo.password)) await does(page);
  await page.context().close();
}

/** Presses the button with this name and waits for the page that follows. */
async function press(page, name) {
  const button = page.getByRole("button", { name }).first();
  await Promise.all([page.waitForNavigation({ timeout: 20_000 }), button.click()]);
}

async function words(page) {
  return page.locator("main").innerText();
}

export async function journey(browser, demo) {
  let address = "";
  await as(browser, demo, "snv.chuyenvien", async (page) => {
    await page.goto("/van-ban-di/soan");
    await inspect(page, "drafting form");
    await shot(page, "journey-draft");
    address = page.url();
    check("the drafting form asks for the subject", (await page.locator("textarea[name], input[name]").count()) > 3);
  });
  await as(browser, demo, "hue.vanthu", async (page) => {
    await page.goto("/van-ban-den");
    check("arrivals are listed", (await words(page)).length > 0);
    await inspect(page, "arrivals");
    // An act without its guard is refused in words, and nothing changes.
    const answer = await page.request.post("/dang-xuat", { form: {} });
    check("a form without its guard is refused", answer.status() >= 400, String(answer.status()));
  });
  check("the journey began", address.includes("/van-ban-di/soan"), address);
}
