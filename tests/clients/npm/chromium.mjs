// Debian's Chromium in its build without a screen, which takes half the computing of the other.
import { chromium } from "playwright-core";

const TIMEOUT_MS = 15_000;
const QUIET = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync"];

export const launch = () =>
  chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium-headless-shell", args: QUIET });

/** A page of a browser profile of its own, in English; `complaints` fills with what the page throws. */
export async function freshPage(browser) {
  const context = await browser.newContext({ locale: "en-US", viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  page.setDefaultTimeout(TIMEOUT_MS);
  const complaints = [];
  page.on("pageerror", (error) => complaints.push(String(error)));
  return { page, complaints };
}
