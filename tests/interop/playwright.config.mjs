import base from '../e2e/playwright.config.mjs';

export default { ...base, testDir: '.', reporter: [['list'], ['json', { outputFile: '../../target/interop.json' }]] };
