/** The real clock and the real randomness. Everything above takes them as ports, so that simulations can bring others. */
import { randomBytes } from "node:crypto";
import { v7 } from "uuid";
import { isAttemptId } from "../domain/ids.ts";
import { instant } from "../domain/instant.ts";
import type { Clock, Random } from "../engine/ports.ts";

/** setTimeout counts in 32 bits; with more it fires at once (Node's documentation, "setTimeout"). */
const TIMER_MS_MAX = 2_147_483_647;

export const systemClock: Clock = {
  now: () => instant(Date.now()),
  steadyMs: () => performance.now(),
  wakeAt(at, wake) {
    let timer: NodeJS.Timeout;
    const arm = (): void => {
      const waitMs = Math.max(0, at - Date.now());
      timer = waitMs > TIMER_MS_MAX ? setTimeout(arm, TIMER_MS_MAX) : setTimeout(wake, waitMs);
    };
    arm();
    return () => clearTimeout(timer);
  },
};

/** Fetched many at a time: each way to the system costs as much as a hundred numbers. */
const BYTES_EACH = 6;
let drawn: Buffer = Buffer.alloc(0);

export const systemRandom: Random = {
  // 48 bits fit a double exactly; Math.random would do as well, but is seeded alike in a forked process.
  next: () => {
    if (drawn.length < BYTES_EACH) drawn = randomBytes(128 * BYTES_EACH);
    const value = drawn.readUIntBE(0, BYTES_EACH) / 2 ** 48;
    drawn = drawn.subarray(BYTES_EACH);
    return value;
  },
  attemptId(at) {
    // Version 7 begins with the time, so that rows and journal lines of one moment lie side by side.
    const id = v7({ msecs: at });
    if (!isAttemptId(id)) throw new TypeError("uuid gave something that is not a UUID");
    return id;
  },
};
