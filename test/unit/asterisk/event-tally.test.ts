import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { EventTally } from "../../../src/asterisk/event-tally.ts";
import { instant } from "../../../src/domain/instant.ts";
import { surroundings } from "../../support/pretend-ari/connected.ts";

const tallyOf = (): EventTally => new EventTally(surroundings([]).log);

test("an endless supply of new types does not grow without bound", () => {
  const tally = tallyOf();
  for (let i = 0; i < 1_000; i += 1) tally.deliver(JSON.stringify({ type: `New${String(i)}` }), instant(1));
  const { byType } = tally.counts();
  expect(Object.keys(byType)).toHaveLength(201);
  expect(byType["(other)"]).toBe(800);
});

test("any text at all is either an event or counted as malformed", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (frame) => {
      const tally = tallyOf();
      const event = tally.deliver(frame, instant(5));
      expect(tally.counts().malformed).toBe(event === null ? 1 : 0);
      if (event !== null) expect(event.receivedAt).toBe(5);
    }),
  );
});

test("an event that nobody listens to is counted as ignored; a listener can leave", () => {
  const tally = tallyOf();
  const leave = tally.add(() => undefined);
  tally.deliver('{"type":"A"}', instant(1));
  leave();
  tally.deliver('{"type":"A"}', instant(1));
  expect(tally.counts()).toMatchObject({ ignored: 1, byType: { A: 2 } });
});
