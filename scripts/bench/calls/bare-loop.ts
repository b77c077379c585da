// The least that a program can do to make calls with ari-client: originate at a steady pace, hang up whoever answers, and
// count. A process of its own; what it costs is the measure for what fairdial costs. Prints one line of JSON.
//
// Usage: node --import tsx bare-loop.ts URL USER CPS NUMBER… with the password in FAIRDIAL_BARE_PASSWORD

import { createRequire } from "node:module";
import type * as Ari from "ari-client";

// CommonJS that assigns undeclared globals: it has to be loaded as what it is.
const ari = createRequire(import.meta.url)("ari-client") as typeof Ari;
const [url = "", user = "", pace = "1", ...numbers] = process.argv.slice(2);
const APP = "bare";
const LAST_CALL_MS = 15_000;

const client = await ari.connect(url, user, process.env["FAIRDIAL_BARE_PASSWORD"] ?? "");
let over = 0;
let failed = 0;
let finished = (): void => undefined;
const all = new Promise<void>((resolve) => (finished = resolve));
const one = (): void => {
  over += 1;
  if (over + failed === numbers.length) finished();
};
client.on("StasisStart", (event) => {
  void client.channels.hangup({ channelId: event.channel.id }).catch(() => undefined);
});
client.on("ChannelDestroyed", one);
await client.start(APP);

const before = process.cpuUsage();
const startedAt = Date.now();
let made = 0;
await new Promise<void>((resolve) => {
  const timer = setInterval(() => {
    const due = Math.min(numbers.length, Math.floor(((Date.now() - startedAt) / 1000) * Number(pace)));
    for (; made < due; made += 1) {
      void client.channels
        .originate({ endpoint: `PJSIP/${numbers[made]?.slice(1) ?? ""}@sipp`, app: APP, timeout: 20 })
        .catch(() => {
          failed += 1;
        });
    }
    if (made < numbers.length) return;
    clearInterval(timer);
    resolve();
  }, 10);
});
await Promise.race([all, new Promise((resolve) => setTimeout(resolve, LAST_CALL_MS))]);
const { user: own, system } = process.cpuUsage(before);
process.stdout.write(`${JSON.stringify({ calls: numbers.length, over, failed, cpuMs: (own + system) / 1000 })}\n`);
process.exit(0);
