/** YAML as values, or every reason why it is none. */
import { isMap, isNode, isScalar, LineCounter, parseDocument, type Document } from "yaml";
import { ConfigError } from "./config-problems.ts";

/** One slip makes errors in many lines below it. */
const YAML_ERRORS_MAX = 5;

export interface YamlRead {
  readonly value: unknown;
  /** The line, from 1, of the key at the end of a path, or of as much of the path as there is. */
  readonly lineOf: (path: readonly PropertyKey[]) => number;
}

/** Throws {@link ConfigError}; never quotes the text, which may hold a password. */
export const parseYaml = (file: string, text: string): unknown => readYaml(file, text).value;

/** As {@link parseYaml}, for those who name lines. */
export const readYaml = (file: string, text: string): YamlRead => {
  const lines = new LineCounter();
  // Pretty errors quote the line they complain of.
  const document = parseDocument(text, { prettyErrors: false, lineCounter: lines, logLevel: "error" });
  if (document.errors.length > 0) {
    throw new ConfigError(
      file,
      document.errors
        .slice(0, YAML_ERRORS_MAX)
        .map((error) => `Line ${lines.linePos(error.pos[0]).line} is not YAML (${error.code}).`),
    );
  }
  try {
    const value: unknown = document.toJS({ maxAliasCount: 20 });
    return { value, lineOf: (path) => lineIn(document, lines, path) };
  } catch (error) {
    // An alias of nothing, or aliases of aliases that grow without end.
    throw new ConfigError(file, ["It uses aliases (*name) that cannot be resolved."], error);
  }
};

const lineIn = (document: Document, lines: LineCounter, path: readonly PropertyKey[]): number => {
  if (path.length === 0) return 1;
  const last = String(path.at(-1));
  const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  const pair = isMap(parent)
    ? parent.items.find(({ key }) => String(isScalar(key) ? key.value : key) === last)
    : undefined;
  const node = pair === undefined ? document.getIn(path, true) : pair.key;
  const range = isNode(node) ? node.range : undefined;
  return range ? lines.linePos(range[0]).line : lineIn(document, lines, path.slice(0, -1));
};
