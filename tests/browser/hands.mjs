// Unsteady hands: a double click acts once, a session that ran out in the middle of a form loses nothing, and the second
// of two people on one document is told what to do.
import { fileURLToPath } from "node:url";
import { check, inspect, openPage, shot, signIn } from "./lib.mjs";

const file = (name) => fileURLToPath(new URL(`../../data/demo/${name}`, import.meta.url));
const reads = async (page) => (await page.locator("body").innerText()).replace(/\s+/g, " ");

async function begin(page, subject) {
  await page.goto("/van-ban-di/soan");
  await page.fill("textarea[name=subject]", subject);
  await page.fill("input[name=recipients_tim]", "H57.09");
  await Promise.all([page.waitForNavigation(), page.getByRole("button", { name: /^Tìm/ }).last().click()]);
  await page.check('input[name=recipients][value="H57.09"]');
}

async function drafts(page, subject) {
  await page.goto("/van-ban-di?loc=cua-toi");
  return page.locator("main .list a, main tbody a", { hasText: subject }).count();
}

async function twice(page, script) {
  const subject = `Bấm hai lần ${script ? "có" : "không"} tập lệnh ${process.pid}`;
  await begin(page, subject);
  const save = page.getByRole("button", { name: "Lưu dự thảo" });
  // Without script both clicks send the form, and the second ends the first one's navigation: only where it leads counts.
  const before = page.url();
  await save.dblclick({ noWaitAfter: true });
  for (let tries = 0; page.url() === before && tries < 200; tries += 1) await page.waitForTimeout(50);
  await page.waitForTimeout(300);
  await page.waitForLoadState();
  const saved = await drafts(page, subject);
  check(`two clicks save one draft, script ${script}`, saved === 1, String(saved));
}

async function lapsed(page, other, who, password) {
  const subject = `Phiên hết hạn giữa chừng ${process.pid}`;
  await begin(page, subject);
  await page.fill("textarea[name=places]", "Lưu: VT, TH");
  await page.setInputFiles("input[name=files]", [file("cong-van-tra-loi.pdf")]);
  // Elsewhere the same person ends every other session: the next click comes too late.
  await other.goto("/tai-khoan");
  await Promise.all([other.waitForNavigation(), other.getByRole("button", { name: "Đăng xuất khỏi mọi nơi khác" }).click()]);
  await Promise.all([page.waitForNavigation(), page.getByRole("button", { name: "Lưu dự thảo" }).click()]);
  check("who is signed out is asked to sign in", await page.locator("input[name=password]").count() === 1, page.url());
  await inspect(page, "sign-in in the middle of a form");
  await page.fill("input[name=username]", who);
  await page.fill("input[name=password]", password);
  await Promise.all([page.waitForNavigation(), page.press("input[name=password]", "Enter")]);
  check("nothing is lost: the form waits to be sent again", (await reads(page)).includes("Gửi lại biểu mẫu"), `${page.url()} ${(await reads(page)).slice(0, 400)}`);
  check("it says which files to choose again", (await reads(page)).includes("cong-van-tra-loi.pdf"));
  await inspect(page, "the kept form");
  await shot(page, "lapsed");
  await page.setInputFiles("input[type=file]", [file("cong-van-tra-loi.pdf")]);
  await Promise.all([page.waitForNavigation(), page.getByRole("button", { name: "Gửi lại" }).click()]);
  const saved = await reads(page);
  check("sent again, all of it is saved", [subject, "Lưu: VT, TH", "cong-van-tra-loi.pdf", "Sở Nội vụ"].every((w) => saved.includes(w)), saved.slice(0, 900));
  check("and once", await drafts(page, subject) === 1);
}

async function second(page, other) {
  const subject = `Hai người cùng sửa ${process.pid}`;
  await begin(page, subject);
  await Promise.all([page.waitForNavigation(), page.getByRole("button", { name: "Lưu dự thảo" }).click()]);
  const edit = `${new URL(page.url()).pathname}/sua`;
  await page.goto(edit);
  await other.goto(edit);
  await page.fill("textarea[name=note]", "sửa trước");
  await Promise.all([page.waitForNavigation(), page.getByRole("button", { name: "Lưu dự thảo" }).click()]);
  await other.fill("textarea[name=note]", "sửa sau");
  await Promise.all([other.waitForNavigation(), other.getByRole("button", { name: "Lưu dự thảo" }).click()]);
  const told = await reads(other);
  check("the second to save is told that it changed", /đã (được )?(thay đổi|sửa)|vừa (được )?(thay đổi|sửa)/i.test(told), told.slice(0, 500));
  check("and keeps what was typed", await other.locator("textarea[name=note]").inputValue().catch(() => "") === "sửa sau");
  await inspect(other, "conflict");
  await shot(other, "conflict");
}

/** Two open the same act; the one who comes second is told, keeps a way back to the record, and nothing happens twice. */
async function late(page, other) {
  const subject = `Hai người cùng trình ${process.pid}`;
  await begin(page, subject);
  await page.setInputFiles("input[name=files]", [file("cong-van-tra-loi.pdf")]);
  await Promise.all([page.waitForNavigation(), page.getByRole("button", { name: "Lưu dự thảo" }).click()]);
  const record = new URL(page.url()).pathname;
  const submit = page.locator("main").getByRole("link", { name: "Trình nội dung" }).first();
  await other.goto(record);
  await Promise.all([page.waitForNavigation(), submit.click()]);
  await other.goto(page.url());
  for (const one of [page, other]) {
    await Promise.all([one.waitForNavigation(), one.locator("main form button").first().click()]);
  }
  check("the first act is done", new URL(page.url()).pathname === record, page.url());
  const told = await reads(other);
  check("the second is told why it is too late", /đã thay đổi trong lúc bạn mở/.test(told), told.slice(0, 600));
  check("and finds the way back to the record", await other.locator(`main a[href="${record}"]`).count() > 0, other.url());
  await inspect(other, "too late for an act");
  await shot(other, "late");
  await page.goto(record);
  const times = await page.locator("main .thread li, main ol li", { hasText: /^\s*Trình nội dung/ }).count();
  check("it happened once", times === 1, String(times));
}

export async function hands(browser, demo) {
  const who = "hue.chuyenvien";
  const bare = await openPage(browser, { address: demo.address, script: false });
  if (await signIn(bare, who, demo.password)) await twice(bare, false);
  await bare.context().close();
  const page = await openPage(browser, { address: demo.address });
  const other = await openPage(browser, { address: demo.address });
  if (await signIn(page, who, demo.password) && await signIn(other, who, demo.password)) {
    await twice(page, true);
    await second(page, other);
    await late(page, other);
    await lapsed(page, other, who, demo.password);
  }
  await page.context().close();
  await other.context().close();
}
