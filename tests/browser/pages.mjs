// Every page that issue-level users see, looked at in both languages, both themes, at a desk and on a phone, and without script.
import { check, inspect, openPage, shot, signIn } from "./lib.mjs";

/** Who looks at what. Paths ending in `#first` follow the first record link of the list. */
export const VISITS = {
  "": ["/dang-nhap", "/thu-vien-giao-dien", "/tro-giup", "/tro-nang", "/loi"],
  "hue.vanthu": ["/", "/van-ban-den", "/van-ban-den#first", "/van-ban-di", "/so-dang-ky", "/thong-bao", "/tim-kiem?q=so+hoa", "/tai-khoan", "/lien-thong/goi-cho-xu-ly", "/thong-ke"],
  "hue.phochutich": ["/", "/van-ban-den"],
  "hue.chanhvanphong": ["/", "/van-ban-den"],
  "hue.chuyenvien": ["/", "/van-ban-di", "/van-ban-di/soan"],
  "bnv.chuyenvien": ["/", "/van-ban-di", "/van-ban-di#first"],
  "bnv.botruong": ["/"],
  "bnv.quantri": ["/", "/quan-tri"],
};

const FORMS = [
  { name: "desk", width: 1366, height: 900, dark: false, lang: "vi" },
  { name: "night", width: 1366, height: 900, dark: true, lang: "en" },
  { name: "phone", width: 360, height: 800, dark: false, lang: "vi" },
];

export async function pages(browser, demo) {
  for (const form of FORMS) {
    for (const [who, paths] of Object.entries(VISITS)) {
      const page = await openPage(browser, { ...form, address: demo.address });
      if (form.lang === "en") await page.goto("/ngon-ngu/en").catch(() => {});
      if (who && !(await signIn(page, who, demo.password))) { await page.context().close(); continue; }
      for (const path of paths) {
        const [address, hash] = path.split("#");
        const answer = await page.goto(address);
        const name = `${form.name} ${who || "nobody"} ${path}`;
        if (!check(`${name}: answers`, answer.ok(), String(answer.status()))) continue;
        if (hash === "first") {
          const link = page.locator("main a.item, main tbody a").first();
          if (await link.count()) await Promise.all([page.waitForLoadState("load"), link.click()]);
        }
        check(`${name}: speaks ${form.lang}`, (await page.getAttribute("html", "lang")) === form.lang);
        await inspect(page, name);
        await shot(page, name.replace(/[^\w.-]+/g, "_"));
      }
      await page.context().close();
    }
  }
  await bare(browser, demo);
}

/** Without script: sign in, read the lists, open a record. */
async function bare(browser, demo) {
  const page = await openPage(browser, { script: false, address: demo.address });
  if (await signIn(page, "hue.vanthu", demo.password)) {
    for (const path of ["/", "/van-ban-den", "/van-ban-di", "/so-dang-ky"]) {
      const answer = await page.goto(path);
      check(`without script ${path}`, answer.ok(), String(answer.status()));
    }
  }
  await page.context().close();
}
