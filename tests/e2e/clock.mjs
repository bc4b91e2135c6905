// The page's time, which a test moves: `await page.clock.install()` before the page is opened, then this.

/**
 * Lets `seconds` go by in the page, one after the other, so that the server's answers to a keep-alive are not late.
 */
export async function letPass(page, seconds) {
  for (let second = 0; second < seconds; second += 1) await page.clock.runFor(1000);
}
