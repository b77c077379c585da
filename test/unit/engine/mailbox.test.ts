/** One letter after the other, whatever is in them. */
import { describe, expect, test } from "@jest/globals";
import { Mailbox } from "../../../src/engine/mailbox.ts";
import type { Log } from "../../../src/engine/ports.ts";
import { VirtualClock } from "../../../src/simulation/virtual-clock.ts";

interface Box {
  readonly mailbox: Mailbox;
  /** What happened, in order. */
  readonly diary: string[];
  readonly mistakes: string[];
  whenEmpty: () => void;
}

function setUp(): Box {
  const diary: string[] = [];
  const mistakes: string[] = [];
  const log: Log = {
    debug: () => {},
    info: () => {},
    warn: () => {},
    error: (message, facts) => diary.push(`log ${message} (${String(facts?.["letter"])})`),
  };
  const box: Box = {
    mailbox: new Mailbox({
      log,
      clock: new VirtualClock(),
      whenEmpty: () => {
        box.whenEmpty();
      },
      onMistake: (error, letter) => mistakes.push(`${letter}: ${(error as Error).message}`),
    }),
    diary,
    mistakes,
    whenEmpty: () => {},
  };
  return box;
}

test("letters are opened in the order in which they came", () => {
  const { mailbox, diary } = setUp();
  for (const name of ["a", "b", "c"]) mailbox.post(name, () => diary.push(name));
  expect(diary).toEqual(["a", "b", "c"]);
});

test("a letter posted by a letter waits until that one is finished, and until its turn", () => {
  const { mailbox, diary } = setUp();
  mailbox.post("first", () => {
    diary.push("first begins");
    mailbox.post("second", () => {
      diary.push("second");
      mailbox.post("fourth", () => diary.push("fourth"));
    });
    mailbox.post("third", () => diary.push("third"));
    diary.push("first ends");
  });
  expect(diary).toEqual(["first begins", "first ends", "second", "third", "fourth"]);
});

describe("a letter that throws", () => {
  test("is logged and reported by name, and the next one is opened all the same", () => {
    const { mailbox, diary, mistakes } = setUp();
    mailbox.post("outer", () => {
      mailbox.post("bad", () => {
        throw new Error("no agent");
      });
      mailbox.post("good", () => diary.push("good"));
    });
    expect(diary).toEqual(["log a letter could not be finished (bad)", "good"]);
    expect(mistakes).toEqual(["bad: no agent"]);
  });

  test("leaves the box open for whoever posts next", () => {
    const { mailbox, diary } = setUp();
    mailbox.post("bad", () => {
      throw new Error("no agent");
    });
    mailbox.post("good", () => diary.push("good"));
    expect(diary.at(-1)).toBe("good");
  });
});

describe("when the box is empty", () => {
  test("the work that is done once for many letters is done once", () => {
    const box = setUp();
    box.whenEmpty = () => box.diary.push("empty");
    box.mailbox.post("outer", () => {
      for (const name of ["a", "b", "c"]) box.mailbox.post(name, () => box.diary.push(name));
    });
    expect(box.diary).toEqual(["a", "b", "c", "empty"]);
  });

  test("and that work posts letters, they are opened, and it is done again", () => {
    const box = setUp();
    let rounds = 0;
    box.whenEmpty = () => {
      rounds += 1;
      box.diary.push(`empty ${rounds}`);
      if (rounds === 1) box.mailbox.post("more", () => box.diary.push("more"));
    };
    box.mailbox.post("first", () => box.diary.push("first"));
    expect(box.diary).toEqual(["first", "empty 1", "more", "empty 2"]);
  });

  test("and that work throws, it is reported, and the box goes on", () => {
    const box = setUp();
    box.whenEmpty = () => {
      throw new Error("no trunk");
    };
    box.mailbox.post("first", () => box.diary.push("first"));
    box.mailbox.post("second", () => box.diary.push("second"));
    expect(box.mistakes).toEqual(["when empty: no trunk", "when empty: no trunk"]);
    expect(box.diary.filter((line) => !line.startsWith("log"))).toEqual(["first", "second"]);
  });
});

describe("what takes time", () => {
  test("comes back as a letter of its own", async () => {
    const { mailbox, diary } = setUp();
    const result = Promise.resolve(7);
    mailbox.post("asks", () => {
      mailbox.await(
        "answered",
        result,
        (value) => diary.push(`answer ${value}`),
        () => diary.push("failed"),
      );
      diary.push("asked");
    });
    mailbox.post("another", () => diary.push("another"));
    expect(diary).toEqual(["asked", "another"]);
    await result;
    expect(diary).toEqual(["asked", "another", "answer 7"]);
  });

  test("comes back as a letter when it fails, too", async () => {
    const { mailbox, diary } = setUp();
    mailbox.await(
      "answered",
      Promise.reject(new Error("no answer")),
      () => diary.push("done"),
      (error) => diary.push(`failed: ${(error as Error).message}`),
    );
    await new Promise(setImmediate);
    expect(diary).toEqual(["failed: no answer"]);
  });

  test("and whose answer throws is a mistake of ours, not an unhandled rejection", async () => {
    const { mailbox, mistakes } = setUp();
    const fail = (): never => {
      throw new Error("no such call");
    };
    mailbox.await("answered", Promise.resolve(), fail, () => {});
    mailbox.await("asked", Promise.reject(new Error("no answer")), () => {}, fail);
    await new Promise(setImmediate);
    expect(mistakes).toEqual(["answered: no such call", "asked failed: no such call"]);
  });
});

test("health counts letters and the depth since it was last asked", () => {
  const { mailbox } = setUp();
  mailbox.post("outer", () => {
    for (let letter = 0; letter < 5; letter++) mailbox.post("inner", () => {});
  });
  expect(mailbox.health()).toEqual({ opened: 6, depthMax: 5 });
  expect(mailbox.health()).toEqual({ opened: 0, depthMax: 0 });
});
