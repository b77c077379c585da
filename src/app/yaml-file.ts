/** YAML as values, or every reason why it is none. */
import { LineCounter, parseDocument } from "yaml";
import { ConfigError } from "./config-problems.ts";

/** One slip makes errors in many lines below it. */
const YAML_ERRORS_MAX = 5;

/** Throws {@link ConfigError}; never quotes the text, which may hold a password. */
export const parseYaml = (file: string, text: string): unknown => {
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
    return document.toJS({ maxAliasCount: 20 });
  } catch (error) {
    // An alias of nothing, or aliases of aliases that grow without end.
    throw new ConfigError(file, ["It uses aliases (*name) that cannot be resolved."], error);
  }
};
