// The whole journey by hand: a stranger with the printed accounts takes a decision from its draft at a ministry to done
// (06) at a province and at a commune on another server, through the pages alone.
import { fileURLToPath } from "node:url";
import { check, inspect, openPage, shot, signIn } from "./lib.mjs";

const file = (name) => fileURLToPath(new URL(`../../data/demo/${name}`, import.meta.url));
const SUBJECT = `Phê duyệt Kế hoạch rà soát mã định danh điện tử của các cơ quan năm 2027, đợt ${process.pid}`;
const REASON = "Sai nơi nhận: việc này thuộc Sở Nội vụ";

/** Does what `does` says as one person at one server, and answers what it answers. */
async function as(browser, demo, who, does, address = demo.address) {
  const page = await openPage(browser, { address });
  try {
    if (!await signIn(page, who, demo.password)) throw new Error(`${who} cannot sign in`);
    return await does(page);
  } finally {
    await page.context().close();
  }
}

/** Presses what bears this name, and waits for the page that answers. */
async function press(page, name, role = "button", clicks = 1) {
  const target = page.locator("main").getByRole(role, { name }).first();
  await Promise.all([page.waitForNavigation({ timeout: 20_000 }), target.click({ timeout: 10_000, clickCount: clicks })]);
  if (clicks > 1) await page.waitForLoadState();
}

/** As unsteady hands do; the statistics at the end say whether anything happened twice. */
const pressTwice = (page, name) => press(page, name, "button", 2);

const open = (page, words) => press(page, words, "link");
const reads = async (page) => (await page.locator("main").innerText()).replace(/\s+/g, " ");

/** Chooses the option whose words contain these. */
async function pick(page, name, words) {
  const option = page.locator(`select[name=${name}] option`, { hasText: words }).first();
  await page.selectOption(`select[name=${name}]`, await option.getAttribute("value", { timeout: 5_000 }));
}

/** Goes back to `path` until the page says `words`: what travels between servers takes its time. */
async function until(page, path, words, what) {
  let text = "";
  for (let attempt = 0; attempt < 60; attempt += 1) {
    await page.goto(path);
    text = await reads(page);
    if (words instanceof RegExp ? words.test(text) : text.includes(words)) return check(what, true);
    await page.waitForTimeout(500);
  }
  return check(what, false, text.slice(0, 600));
}

async function choose(page, code) {
  await page.fill("input[name=recipients_tim]", code);
  await press(page, /^Tìm/);
  await page.check(`input[name=recipients][value="${code}"]`);
}

async function draft(page) {
  await page.goto("/van-ban-di");
  await open(page, /Soạn văn bản/);
  await page.selectOption("select[name=kind]", { label: "Quyết định" });
  await page.selectOption("select[name=urgency]", { label: "Khẩn" });
  await page.fill("textarea[name=subject]", SUBJECT);
  for (const code of ["H57", "H57.11", "H57.103"]) await choose(page, code);
  await pick(page, "signer_position", "Vũ Minh Khang");
  await page.setInputFiles("input[name=files]", [file("du-thao-quyet-dinh.pdf"), file("bieu-chi-tieu.xlsx")]);
  check("what was typed is still there after each search", await page.inputValue("textarea[name=subject]") === SUBJECT);
  await inspect(page, "filled draft");
  await press(page, /Lưu và trình nội dung/);
  const text = await reads(page);
  check("the draft is submitted with its files", text.includes(SUBJECT) && text.includes("quyet-dinh") && text.includes("bieu-chi-tieu"), text.slice(0, 400));
  await shot(page, "walk-submitted");
  return new URL(page.url()).pathname;
}

/** Opens a record, asks for an act and confirms it on the page that repeats what is about to happen. */
async function act(page, path, asked, confirmed = asked, fill = async () => {}) {
  await page.goto(path);
  await open(page, asked);
  await fill(page);
  await press(page, confirmed);
}

/** From the day's list to the document: whoever signs in finds his work there. */
async function fromToday(page, words, what) {
  await page.goto("/viec-hom-nay");
  const found = page.locator("main").getByRole("link", { name: words }).first();
  if (!check(what, (await found.count()) > 0, (await reads(page)).slice(0, 500))) throw new Error(what);
  await Promise.all([page.waitForNavigation(), found.click()]);
}

async function ministry(browser, demo) {
  const path = await as(browser, demo, "bnv.chuyenvien", draft);
  await as(browser, demo, "bnv.truongdonvi", async (page) => {
    await fromToday(page, SUBJECT, "the head of unit finds the draft among the day's work");
    await act(page, path, "Duyệt nội dung");
  });
  await as(browser, demo, "bnv.vanthu", async (page) => {
    await fromToday(page, SUBJECT, "the clerk finds the draft to be checked");
    await act(page, path, "Thể thức đạt");
  });
  await as(browser, demo, "bnv.chuyenvien", (page) => act(page, path, "Trình ký"));
  await as(browser, demo, "bnv.botruong", async (page) => {
    await fromToday(page, SUBJECT, "the minister finds the document that waits for his signature");
    await page.goto(path);
    await open(page, /^Ký/);
    await inspect(page, "signing page");
    await page.fill("input[type=password]", "sai-mat-khau");
    await press(page, "Ký văn bản");
    check("a wrong key secret signs nothing and says so", /không đúng|chưa đúng|sai/i.test(await reads(page)), (await reads(page)).slice(0, 300));
    await page.fill("input[type=password]", demo.password);
    await press(page, "Ký văn bản");
    check("the minister signed", (await reads(page)).includes("Đã ký"), (await reads(page)).slice(0, 300));
  });
  const code = await as(browser, demo, "bnv.vanthu", async (page) => {
    await page.goto(path);
    await open(page, "Cấp số, phát hành…");
    await inspect(page, "before issuing");
    await shot(page, "walk-issue");
    await pressTwice(page, /Phát hành đến 3 nơi nhận/);
    const text = await reads(page);
    const number = text.match(/\d+\/QĐ-BNV/)?.[0];
    check("the decision has its number and is issued", Boolean(number), text.slice(0, 400));
    return number;
  });
  return { path, code };
}

/** Chooses the arrival that bears this code in a list of arrivals. */
async function arrival(page, group, code, what) {
  await until(page, `/van-ban-den?loc=${group}`, code, what);
  const item = page.locator("#danh-sach a", { hasText: code }).first();
  await page.goto(await item.getAttribute("href"));
}

/** Where the decision stands at each recipient, as its drafter sees it. */
async function board(browser, demo, path, words, what) {
  await as(browser, demo, "bnv.chuyenvien", (page) => until(page, path, words, what));
}

async function refused(browser, demo, { path, code }) {
  await as(browser, demo, "stc.vanthu", async (page) => {
    await arrival(page, "cho-dang-ky", code, "it stands before the clerk of the department");
    await open(page, "Trả lại nơi gửi");
    await press(page, /^Trả lại nơi gửi/);
    check("no return without a reason", page.url().includes("/viec/tra-lai") && /lý do/i.test(await reads(page)));
    await page.locator("main").getByRole("radio").first().check();
    await page.fill("textarea[name=words]", REASON);
    await press(page, /^Trả lại nơi gửi/);
  });
  await board(browser, demo, path, REASON, "the drafter reads why one recipient refused (02)");
}

async function directed(browser, demo, { path, code }) {
  await as(browser, demo, "hue.vanthu", async (page) => {
    await arrival(page, "cho-dang-ky", code, "it stands before the clerk of the province");
    const shown = (await page.locator("#xem").innerText()).replace(/\s+/g, " ");
    check("the arrival was verified", /hợp lệ/.test(shown), shown);
    await pick(page, "to", "Trịnh Đức Long");
    await pressTwice(page, /^Đăng ký và trình/);
    const said = await page.locator("body").innerText();
    check("the clerk is told the arrival number", /số đến \d+/i.test(said), said.slice(0, 500));
  });
  await board(browser, demo, path, "Đã tiếp nhận", "the drafter sees it registered (03)");
  await as(browser, demo, "hue.chanhvanphong", async (page) => {
    await fromToday(page, SUBJECT, "the chief of office finds it among what awaits a word");
    await page.goto("/cho-y-kien");
    await open(page, SUBJECT);
    await page.fill("textarea[name=text]", "Khối Nội chính chủ trì, Khối Tổng hợp phối hợp tham mưu trả lời.");
    await unit(page, "Khối Nội chính", "lead");
    await unit(page, "Khối Tổng hợp", "support");
    await pick(page, "to", "Lê Thị Thu Hằng");
    await inspect(page, "the chief's proposal");
    await shot(page, "walk-proposal");
    await press(page, /^Trình với đề xuất này/);
  });
  await as(browser, demo, "hue.phochutich", async (page) => {
    await fromToday(page, SUBJECT, "the vice-chair finds it with the proposal");
    await page.goto("/cho-y-kien");
    await shot(page, "walk-queue");
    await press(page, `Đồng ý, giao ngay ${code}`);
  });
  await board(browser, demo, path, "Đã phân công", "the drafter sees it directed (04)");
}

async function unit(page, name, part) {
  const row = page.locator("#f-assignees tr", { hasText: name });
  await row.locator("select").first().selectOption(part);
}

async function answered(browser, demo, { path, code }) {
  const answer = await as(browser, demo, "hue.truongphong", async (page) => {
    await fromToday(page, SUBJECT, "the head of the lead unit finds the work given to it");
    const incoming = new URL(page.url()).pathname;
    await open(page, "Giao người xử lý");
    await pick(page, "person", "Tôn Nữ Diệu Anh");
    await press(page, /^Giao người xử lý/);
    return incoming;
  });
  const reply = await as(browser, demo, "hue.chuyenvien", async (page) => {
    await fromToday(page, SUBJECT, "the specialist finds the work given to her");
    await open(page, "Bắt đầu xử lý");
    await press(page, /^Bắt đầu xử lý/);
    await open(page, "Soạn văn bản trả lời");
    check("the answer names what it answers", (await reads(page)).includes(code));
    await page.selectOption("select[name=kind]", { label: "Công văn" });
    await page.fill("textarea[name=subject]", `V/v trả lời ${code} về rà soát mã định danh`);
    await page.fill("input[name=unit_abbreviation]", "NC");
    if (!(await page.locator('input[name=recipients][value="G09"]').count())) await choose(page, "G09");
    await pick(page, "signer_position", "Lê Thị Thu Hằng");
    await page.setInputFiles("input[name=files]", [file("cong-van-tra-loi.pdf")]);
    await press(page, /Lưu và trình nội dung/);
    return new URL(page.url()).pathname;
  });
  await board(browser, demo, path, "Đang xử lý", "the drafter sees it in process (05)");
  await as(browser, demo, "hue.truongphong", (page) => act(page, reply, "Duyệt nội dung"));
  await as(browser, demo, "hue.vanthu", (page) => act(page, reply, "Thể thức đạt"));
  await as(browser, demo, "hue.chuyenvien", (page) => act(page, reply, "Trình ký"));
  await as(browser, demo, "hue.phochutich", async (page) => {
    await page.goto(reply);
    await open(page, /^Ký/);
    await page.fill("input[type=password]", demo.password);
    await press(page, "Ký văn bản");
  });
  const letter = await as(browser, demo, "hue.vanthu", async (page) => {
    await page.goto(reply);
    await open(page, "Cấp số, phát hành…");
    await press(page, /Phát hành đến 1 nơi nhận/);
    return (await reads(page)).match(/\d+\/UBND-NC/)?.[0];
  });
  check("the answer has its number", Boolean(letter));
  await as(browser, demo, "hue.chuyenvien", async (page) => {
    await until(page, answer, letter, "the number of the answer stands at what it answers");
    await open(page, "Hoàn thành");
    await page.fill("textarea[name=words]", `Đã trả lời bằng ${letter}`);
    await press(page, /^Hoàn thành/);
  });
  await board(browser, demo, path, "Hoàn thành", "the drafter sees it done (06)");
  await as(browser, demo, "bnv.vanthu", (page) => until(page, "/van-ban-den?loc=cho-dang-ky", letter, "the answer stands before the ministry's clerk"));
}

/** The same at a commune on another server, where one person is clerk, specialist and archivist. */
async function commune(browser, demo, { path, code }) {
  await as(browser, demo, "aluoi.vanphong", async (page) => {
    await arrival(page, "cho-dang-ky", code, "it crossed to the commune's own server");
    await pressTwice(page, /^Đăng ký và trình/);
  }, demo.second);
  await as(browser, demo, "aluoi.chutich", async (page) => {
    await page.goto("/cho-y-kien");
    await open(page, SUBJECT);
    await page.fill("textarea[name=text]", "Văn phòng tham mưu, báo cáo.");
    await page.locator("summary", { hasText: "Giao thẳng cho người" }).click();
    await page.locator("tr", { hasText: "Công chức Văn phòng" }).locator("select").first().selectOption("lead");
    await press(page, /^Giao ngay/);
  }, demo.second);
  await as(browser, demo, "aluoi.vanphong", async (page) => {
    await fromToday(page, SUBJECT, "the commune's officer finds the work");
    await open(page, "Bắt đầu xử lý");
    await press(page, /^Bắt đầu xử lý/);
    await open(page, "Hoàn thành");
    await page.fill("textarea[name=words]", "Đã rà soát xong.");
    await press(page, /^Hoàn thành/);
  }, demo.second);
  await as(browser, demo, "bnv.chuyenvien", async (page) => {
    await until(page, path, /A Lưới 1[^]*?Hoàn thành/, "the commune's done (06) came back across the servers");
    await inspect(page, "the board of the decision");
    await shot(page, "walk-board", { fullPage: true });
  });
}

async function counted(browser, demo) {
  await as(browser, demo, "bnv.vanthu", async (page) => {
    await page.goto("/thong-ke");
    const text = await reads(page);
    // The decision of the demo's own story and the one walked here, both signed.
    check("the statistics of QĐ 28/2018 count what was sent", /Bộ Nội vụ \(G09\) 2 2 /.test(text), text.slice(0, 900));
    await inspect(page, "statistics");
    await shot(page, "walk-statistics", { fullPage: true });
  });
}

export async function walk(browser, demo) {
  const decision = await ministry(browser, demo);
  await refused(browser, demo, decision);
  await directed(browser, demo, decision);
  await answered(browser, demo, decision);
  await commune(browser, demo, decision);
  await counted(browser, demo);
}
