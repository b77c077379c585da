/** Where the keys of a walk come from: a text, or somebody at a terminal. */
import { isKey } from "../../flow/flow.ts";
import type { World } from "../world.ts";
import type { Answer } from "./walk.ts";

export interface Keys {
  next(): Promise<Answer>;
  /** What was given and not needed. */
  left(): string;
}

const answerOf = (character: string): Answer =>
  character === "h" ? "hangUp" : isKey(character) ? { key: character } : "nothing";

/** When they are used up, nothing more is pressed. */
export const keysFrom = (text: string): Keys => {
  let rest = text;
  return {
    next: async () => {
      const [first = ","] = rest;
      rest = rest.slice(1);
      return answerOf(first);
    },
    left: () => rest,
  };
};

/** A line may hold several keys; an empty one presses nothing, and the end of the input hangs up. */
export const typedKeys = (world: World): Keys => {
  const lines = linesOf(world.stdin);
  let rest = "";
  return {
    next: async () => {
      if (rest === "") {
        world.stderr.write("  keys (0-9 * #, h hangs up, nothing to wait): ");
        const line = await lines.next();
        if (line.done === true) return "hangUp";
        rest =
          Array.from(line.value)
            .filter((each) => isKey(each) || each === "h")
            .join("") || ",";
      }
      const [first = ","] = rest;
      rest = rest.slice(1);
      return answerOf(first);
    },
    left: () => rest,
  };
};

async function* linesOf(input: AsyncIterable<Uint8Array>): AsyncGenerator<string, undefined> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const bytes of input) {
    text += decoder.decode(bytes, { stream: true });
    for (let end = text.indexOf("\n"); end !== -1; end = text.indexOf("\n")) {
      yield text.slice(0, end).trim();
      text = text.slice(end + 1);
    }
  }
  if (text.trim() !== "") yield text.trim();
}
