// The story's traces in the browser: drafting form, the arrived answer registered, search without marks, notices; an act without its guard is refused.
import { check, inspect, openPage, shot, signIn } from "./lib.mjs";

async function as(browser, demo, who, does) {
  const page = await openPage(browser, { address: demo.address });
  if (await signIn(page, who, demo.password)) await does(page);
  await page.context().close();
}

export async function journey(browser, demo) {
  await as(browser, demo, "hue.chuyenvien", async (page) => {
    await page.goto("/van-ban-di/soan");
    await inspect(page, "drafting form");
    await shot(page, "journey-draft");
    const fields = await page.locator("main form textarea, main form input:not([type=hidden]), main form select").count();
    check("the drafting form asks for what the decree asks", fields >= 5, String(fields));
  });
  await as(browser, demo, "bnv.vanthu", async (page) => {
    await page.goto("/van-ban-den");
    check("the answer of Huế waits for registration", (await page.locator("main").innerText()).includes("UBND-NC"));
    await page.keyboard.press("j");
    await inspect(page, "arrivals");
    const register = page.getByRole("button", { name: /Đăng ký và trình/ }).first();
    check("arrivals can be registered from the preview", (await register.count()) === 1);
    await Promise.all([page.waitForNavigation({ timeout: 20_000 }), register.click()]);
    await page.goto("/viec-hom-nay");
    await page.goto("/van-ban-den?muc=submitted").catch(() => {});
    const answer = await page.request.post("/dang-xuat", { form: {} });
    check("a form without its guard is refused", answer.status() >= 400, String(answer.status()));
  });
  await as(browser, demo, "bnv.chanhvanphong", async (page) => {
    await page.goto("/");
    await inspect(page, "the chief's day");
    check("the registered answer is before the chief of office", (await page.locator("body").innerText()).includes("UBND-NC"));
  });
  await as(browser, demo, "bnv.vanthu", async (page) => {
    await page.goto("/tim-kiem?q=so+hoa+tai+lieu");
    check("search finds without marks", (await page.locator("main tbody tr").count()) >= 1);
    await page.goto("/thong-bao");
    check("notices are listed", (await page.locator("main li a").count()) >= 1);
  });
}
