/** Flows for tests: the one that the documents show, and whatever a test writes in a line or two. */
import { join } from "node:path";
import { readFlowFile, readFlowText } from "../../src/app/flow/flow-file.ts";
import { advance, beginFlow } from "../../src/flow/advance.ts";
import type { Flow } from "../../src/flow/flow.ts";
import type { FlowEffect, FlowEvent, FlowFacts, FlowState } from "../../src/flow/state.ts";
import { after, instant, type Instant } from "../../src/domain/instant.ts";
import { projectRoot } from "./run-tool.ts";

export const SAMPLE_FILE = join(projectRoot, "docs/flows/delivery-confirmation.yaml");

export const sampleFlow = (): Flow => {
  const result = readFlowFile(SAMPLE_FILE);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.read.flow;
};

/** Everything but the steps is filled in; `sorry` and `end` are there. Throws what is wrong. */
export const flowOf = (steps: string, head = ""): Flow => {
  const text = `flow: test\nstart: a\ntrouble: sorry\n${head}\nsteps:\n  sorry: { play: [sound:sorry], then: end }\n  end: { hangUp: true }\n${steps}`;
  const result = readFlowText("test.yaml", text);
  if (result.ok) return result.read.flow;
  throw new Error(result.problems.map(({ says }) => says).join(" "));
};

export const FACTS: FlowFacts = {
  attributes: { delivery_date: "2026-11-24", delivery_options: "2026-11-25, 2026-11-26", pin: "4711" },
  answeredBy: "person",
  today: "2026-11-22",
  firstWordBy: instant(1_800),
};

type EventPart = FlowEvent extends infer Each ? (Each extends FlowEvent ? Omit<Each, "at"> : never) : never;

/** A call that goes through a flow from time 0 on, remembering everything it wanted. */
export class FlowCall {
  readonly flow: Flow;
  facts: FlowFacts;
  state: FlowState = beginFlow(instant(1));
  at: Instant = instant(0);
  readonly wanted: FlowEffect[] = [];

  constructor(flow: Flow, facts: Partial<FlowFacts> = {}) {
    this.flow = flow;
    this.facts = { ...FACTS, ...facts };
  }

  /** What it wants because of this. */
  event(event: EventPart, afterMs = 100): readonly FlowEffect[] {
    this.at = after(this.at, afterMs);
    const { state, effects } = advance(this.flow, this.state, { ...event, at: this.at }, this.facts);
    this.state = state;
    this.wanted.push(...effects);
    return effects;
  }

  answer(): readonly FlowEffect[] {
    return this.event({ type: "answered" }, 0);
  }

  get play(): number {
    return this.state.plays;
  }

  /** The playback begins and ends. */
  heard(): readonly FlowEffect[] {
    const { play } = this;
    this.event({ type: "playStarted", play });
    return this.event({ type: "playFinished", play }, 2_000);
  }

  press(digit: string): readonly FlowEffect[] {
    return this.event({ type: "digit", digit }, 500);
  }

  /** Nothing happens until the deadline. */
  wait(): readonly FlowEffect[] {
    if (this.state.doing === "ended") throw new Error("it has ended");
    const ms = this.state.deadlineAt - this.at;
    return this.event({ type: "deadlinePassed" }, Math.max(0, ms));
  }

  get types(): readonly string[] {
    return this.wanted.map(({ type }) => type);
  }

  /** Media of the last playback. */
  get said(): readonly string[] {
    const last = this.wanted.findLast((effect) => effect.type === "play");
    return last?.media ?? [];
  }
}
