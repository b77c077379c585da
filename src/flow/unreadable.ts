/** Whether a lead has what a flow wants to say to them: better found before somebody is called than in the middle. */
import type { Flow, ValueKind } from "./flow.ts";
import { own } from "./scene.ts";
import { isReadable } from "./values.ts";

export interface Unreadable {
  readonly name: string;
  readonly kind: ValueKind;
  readonly isMissing: boolean;
}

/** Declared attributes that are absent, empty, or cannot be read as what they should be. */
export const unreadableAttributes = (flow: Flow, attributes: Readonly<Record<string, string>>): readonly Unreadable[] =>
  Object.entries(flow.attributes).flatMap(([name, { kind }]) => {
    const text = own(attributes, name) ?? "";
    return isReadable(kind, text) ? [] : [{ name, kind, isMissing: text.trim() === "" }];
  });
