/**
 * Calls of one transaction leave one after the other, at the pace that their trunk takes them. One rule to remember: it
 * is asked only when a call leaves whether it still may, and whoever waits here still holds line and agent.
 */
import type { AttemptOrder } from "../../domain/attempt.ts";
import { after, latest, type Instant } from "../../domain/instant.ts";
import type { EngineContext } from "../context.ts";

/** A timer that came late, or a moment in which nobody waited, is made up for by no more than this: a burst of cps / 10. */
const BEHIND_MAX_MS = 100;

interface Queue<Each> {
  readonly waiting: Each[];
  nextAt: Instant;
  isArmed: boolean;
}

export class Spacing<Each extends { readonly order: AttemptOrder }> {
  readonly #context: EngineContext;
  readonly #leave: (each: Each) => void;
  readonly #queues = new Map<string, Queue<Each>>();

  constructor(context: EngineContext, leave: (each: Each) => void) {
    this.#context = context;
    this.#leave = leave;
  }

  /** At once where its trunk was given none for long enough. */
  add(each: Each): void {
    const { trunk } = each.order;
    const queue = this.#queues.get(trunk) ?? { waiting: [], nextAt: this.#context.clock.now(), isArmed: false };
    this.#queues.set(trunk, queue);
    queue.waiting.push(each);
    this.#go(trunk, queue);
  }

  #go(trunk: string, queue: Queue<Each>): void {
    const { clock, mailbox, telephony } = this.#context;
    const gapMs = 1_000 / (telephony.trunk(trunk)?.cpsMax ?? Infinity);
    while (queue.waiting.length > 0 && queue.nextAt <= clock.now()) {
      queue.nextAt = after(latest(queue.nextAt, after(clock.now(), -BEHIND_MAX_MS)), gapMs);
      const each = queue.waiting.shift();
      if (each !== undefined) this.#leave(each);
    }
    if (queue.waiting.length === 0 || queue.isArmed) return;
    queue.isArmed = true;
    clock.wakeAt(after(clock.now(), Math.max(1, Math.ceil(queue.nextAt - clock.now()))), () => {
      mailbox.post("the next call's turn", () => {
        queue.isArmed = false;
        this.#go(trunk, queue);
      });
    });
  }
}
