/** What is wrong with a configuration, in sentences that name the key and say what would be right. */
import type { z } from "zod";
import { didYouMean } from "./nearest.ts";

/** Everything that was found, at once: correcting a file one complaint at a time is no way to spend an evening. */
export class ConfigError extends Error {
  readonly file: string;
  readonly problems: readonly string[];
  constructor(file: string, problems: readonly string[], cause?: unknown) {
    super(
      `The configuration ${file} cannot be used: ${problems.join(" ")}`,
      cause === undefined ? undefined : { cause },
    );
    this.name = "ConfigError";
    this.file = file;
    this.problems = problems;
  }
}

/** The little of zod's inside that is needed to list the keys of an object (zod 4, `_zod.def`). */
interface SchemaDefinition {
  readonly type: string;
  readonly innerType?: SchemaNode;
  readonly element?: SchemaNode;
  readonly valueType?: SchemaNode;
  readonly shape?: Readonly<Record<string, SchemaNode>>;
}
interface SchemaNode {
  readonly _zod: { readonly def: SchemaDefinition };
}

const unwrapped = (node: SchemaNode): SchemaDefinition => {
  const { def } = node._zod;
  return def.innerType === undefined ? def : unwrapped(def.innerType);
};

/** The schema at a path, or null where keys are free. */
const schemaAt = (root: SchemaNode, path: readonly PropertyKey[]): SchemaDefinition | null => {
  let definition = unwrapped(root);
  for (const step of path) {
    const next =
      typeof step === "number" ? definition.element : (definition.shape?.[String(step)] ?? definition.valueType);
    if (next === undefined) return null;
    definition = unwrapped(next);
  }
  return definition;
};

const keysAt = (root: SchemaNode, path: readonly PropertyKey[]): readonly string[] =>
  Object.keys(schemaAt(root, path)?.shape ?? {});

/** Sections in which a key of this name exists. */
const sectionsWith = (root: SchemaNode, key: string): readonly string[] =>
  keysAt(root, []).filter((section) => {
    const inside = schemaAt(root, [section]);
    const shape = inside?.shape ?? (inside?.element === undefined ? undefined : unwrapped(inside.element).shape);
    return shape !== undefined && Object.hasOwn(shape, key);
  });

export const pathText = (path: readonly PropertyKey[]): string =>
  path.reduce<string>((text, step) => {
    if (typeof step === "number") return `${text}[${step}]`;
    return text === "" ? String(step) : `${text}.${String(step)}`;
  }, "");

const valueAt = (input: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (value, step) =>
      typeof value === "object" && value !== null ? (value as Record<PropertyKey, unknown>)[step] : undefined,
    input,
  );

const SECRET_KEY = /password|secret|token/i;
/** `user:password@` in an address is where people put a password that has no key of its own. */
const CREDENTIALS = /^[^/?#]*:\/\/.*@|^[^@]*:[^@]*@/s;
const SHOWN_CHARACTERS_MAX = 60;

/** The value that was given, unless it may be a secret or is no plain value. */
const shown = (path: readonly PropertyKey[], value: unknown): string => {
  if (path.some((step) => SECRET_KEY.test(String(step)))) return "";
  if (typeof value !== "string" && typeof value !== "number" && typeof value !== "boolean") return "";
  if (typeof value === "string" && CREDENTIALS.test(value)) return "; what is given may hold a password";
  const text = JSON.stringify(value);
  return `; it is ${text.length > SHOWN_CHARACTERS_MAX ? `${text.slice(0, SHOWN_CHARACTERS_MAX)}…` : text}`;
};

const unknownKey = (root: SchemaNode, path: readonly PropertyKey[], key: string): string => {
  const known = keysAt(root, path);
  const where = path.length === 0 ? "" : ` in ${pathText(path)}`;
  const guess = didYouMean(key, known);
  if (guess !== "") return `"${key}" is not a key${where}.${guess}`;
  const elsewhere = sectionsWith(root, key).filter((section) => section !== path[0]);
  if (elsewhere.length > 0) return `"${key}" is not a key${where}; it belongs to ${elsewhere.join(" and ")}.`;
  return `"${key}" is not a key${where}; known are ${known.join(", ")}.`;
};

/** One sentence a problem, in the order of the file's keys as the schema has them. */
export const sentencesFor = (
  error: Pick<z.ZodError, "issues">,
  schema: z.ZodType,
  input: unknown,
): readonly string[] => {
  const root = schema as unknown as SchemaNode;
  return error.issues.flatMap((issue) => {
    const path = issue.path;
    const name = pathText(path);
    if (issue.code === "unrecognized_keys") return issue.keys.map((key) => unknownKey(root, path, key));
    if (issue.code === "invalid_key") {
      const why = issue.issues[0]?.message ?? "cannot be a key";
      return [`${pathText(path.slice(0, -1))}: "${String(path.at(-1))}" ${why}.`];
    }
    const value = valueAt(input, path);
    const section = schemaAt(root, path);
    // What was found wrong with a section as a whole is told in its own words.
    if (section?.shape !== undefined && path.length > 0 && issue.code !== "custom") {
      return [
        value === undefined
          ? `The section ${name} is missing.`
          : `${name} must be a section with the keys ${Object.keys(section.shape).join(", ")}.`,
      ];
    }
    if (value === undefined) return [`${name} is missing; it ${issue.message}.`];
    return [`${name} ${issue.message}${shown(path, value)}.`];
  });
};
