// Runs one scenario in the page. Bundled twice: once as it is, once with `jssip` meaning `viasip/inline`.
import JsSIP from 'jssip';
import { World } from './world.mjs';
import { scenarios } from './scenarios/index.mjs';

// JsSIP draws its first CSeq number from 0 on, and takes a 0 for none: once in 10,000 calls its ACK has another number.
const random = Math.random;
Math.random = () => Math.max(random(), 0.001);

window.parityNames = scenarios.map(({ section, name }) => [section, name]);
window.parity = async (name) => {
  const world = new World(JsSIP);
  const { run } = scenarios.find((scenario) => scenario.name === name);
  const errors = [];
  const report = (event) => errors.push(String(event.reason ?? event.error ?? event.message));
  window.addEventListener('error', report);
  window.addEventListener('unhandledrejection', report);
  try {
    await Promise.race([run(world), new Promise((resolve, reject) => setTimeout(() => reject(new Error('the scenario does not end')), 12_000))]);
  } catch (error) {
    world.note(`thrown: ${error.name} ${error.message}`);
  }
  window.removeEventListener('error', report);
  window.removeEventListener('unhandledrejection', report);
  const record = { ...world.finish(), errors };
  try {
    world.ua?.stop();
  } catch {
    // The record is what counts.
  }
  return record;
};
