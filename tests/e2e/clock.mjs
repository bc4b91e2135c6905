// The page's time, which a test moves: `await page.clock.install()` before the page is opened, then this.

/** ms that the server has for its answers in each second of the page. */
const ANSWER_MS = 100;

/** Lets `seconds` go by in the page, slowly enough that the server's answers to a keep-alive are not late. */
export async function letPass(page, seconds) {
  for (let second = 0; second < seconds; second += 1) {
    await page.clock.runFor(1000);
    await new Promise((resolve) => {
      setTimeout(resolve, ANSWER_MS);
    });
  }
}
