/**
 * What may be written to a log: facts as plain values, without telephone numbers that could be called and without
 * secrets. Callers mask numbers themselves; this is the net under them.
 */
import { types } from "node:util";
import { isPhoneNumber, maskPhoneNumber } from "../domain/phone-number.ts";

/** A UUID's last part can be twelve digits by chance, and must stay findable. */
const UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";
/** +44 7700 900123, also with spaces, dots, hyphens and brackets; seven to fifteen digits (ITU-T E.164). */
const WITH_PLUS = "\\+[1-9](?:[ ().-]{0,2}[0-9]){6,14}";
/**
 * Digits alone, as in PJSIP/447700900123@trunk. Ten at least, or every count would be a number; and not as part of a
 * longer name such as 1732204800.123, by which Asterisk calls a channel.
 */
const DIGITS_ALONE = "(?<![\\w.+-])[0-9]{10,15}(?![\\w.-])";
const SENSITIVE = new RegExp(`(?<uuid>${UUID})|(?<number>${WITH_PLUS}|${DIGITS_ALONE})`, "gi");

/** Recognisable for who knows it, not callable. */
const masked = (found: string): string => {
  const digits = found.replace(/[^0-9]/g, "");
  if (!found.startsWith("+")) return `${digits.slice(0, 4)}…${digits.slice(-3)}`;
  const number = `+${digits}`;
  return isPhoneNumber(number) ? maskPhoneNumber(number) : `${number.slice(0, 5)}…`;
};

export const maskNumbers = (text: string): string =>
  text.replace(SENSITIVE, (found, uuid: string | undefined) => (uuid === undefined ? masked(found) : found));

const SECRET_KEY = /password|passwd|secret|token|authori[sz]ation|api_?key|cookie|^pin$/i;
const REDACTED = "[secret]";

const TEXT_CHARACTERS_MAX = 2_000;
const ENTRIES_MAX = 50;
const DEPTH_MAX = 6;

/** Shorter ones would be found in the middle of innocent words, and are no secrets. */
const SECRET_CHARACTERS_MIN = 4;

const hasToJson = (value: object): value is { toJSON(): unknown } =>
  "toJSON" in value && typeof value.toJSON === "function";

export type Mask = (facts: Readonly<Record<string, unknown>>) => Record<string, unknown>;

/** `secrets` are values that must not appear wherever they turn up, plain or as part of a URL. */
export const factsMask = (secrets: readonly string[]): Mask => {
  const hidden = secrets
    .filter((secret) => secret.length >= SECRET_CHARACTERS_MIN)
    .flatMap((secret) => [secret, encodeURIComponent(secret)])
    // Longest first, or a secret that contains another would leave its rest behind.
    .sort((a, b) => b.length - a.length);

  const text = (value: string): string => {
    // Before it is cut, or the first half of a secret would be left at the end.
    const safe = hidden.reduce((result, secret) => result.replaceAll(secret, REDACTED), value);
    return maskNumbers(safe.length > TEXT_CHARACTERS_MAX ? `${safe.slice(0, TEXT_CHARACTERS_MAX)}…` : safe);
  };

  const error = (thrown: Error, depth: number): Record<string, unknown> => ({
    name: thrown.name,
    message: text(thrown.message),
    // Typed errors of ours and of Node say most in these.
    ...("code" in thrown ? { code: plain(thrown.code, depth + 1) } : {}),
    ...("kind" in thrown ? { kind: plain(thrown.kind, depth + 1) } : {}),
    ...(thrown.stack === undefined ? {} : { stack: text(thrown.stack) }),
    ...(thrown.cause === undefined ? {} : { cause: plain(thrown.cause, depth + 1) }),
  });

  const plain = (value: unknown, depth: number): unknown => {
    if (typeof value === "string") return text(value);
    if (typeof value === "bigint") return String(value);
    if (typeof value === "function" || typeof value === "symbol") return `[${typeof value}]`;
    if (typeof value !== "object" || value === null) return value;
    if (depth > DEPTH_MAX) return "[deeper]";
    if (value instanceof Error || types.isNativeError(value)) return error(value, depth);
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
    if (Array.isArray(value)) {
      const shown = value.slice(0, ENTRIES_MAX).map((inner) => plain(inner, depth + 1));
      return value.length > ENTRIES_MAX ? [...shown, `and ${value.length - ENTRIES_MAX} more`] : shown;
    }
    if (value instanceof Map || value instanceof Set) return plain([...value], depth);
    if (hasToJson(value)) return plain(value.toJSON(), depth + 1);
    return record(value, depth);
  };

  const record = (value: object, depth: number): Record<string, unknown> =>
    Object.fromEntries(
      Object.entries(value)
        .slice(0, ENTRIES_MAX)
        .map(([key, inner]) => [
          // A map by number has numbers for keys.
          text(key),
          SECRET_KEY.test(key) && inner !== null && inner !== undefined ? REDACTED : plain(inner, depth + 1),
        ]),
    );

  return (facts) => record(facts, 0);
};
