/** The files that the configuration points to: secrets and certificates, with a word about who else can read them. */
import { readFileSync, statSync } from "node:fs";
import { Secret } from "./secret.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** Win over the file: what a deployment sets last is what it means. */
export const SECRET_VARIABLES = {
  asterisk: "FAIRDIAL_ASTERISK_PASSWORD",
  "asterisk.events": "FAIRDIAL_ASTERISK_EVENTS_PASSWORD",
  database: "FAIRDIAL_DATABASE_PASSWORD",
} as const;
export const HASH_KEY_VARIABLE = "FAIRDIAL_NUMBER_HASH_KEY";

/** A configuration is some dozens of lines; anything much larger is another file. */
export const FILE_BYTES_MAX = 1_000_000;
const SECRET_BYTES_MAX = 4_096;
/** HMAC-SHA256 is as strong as its key up to its own 32 bytes (RFC 2104, section 3). */
const HASH_KEY_BYTES_MIN = 32;
/** A key out of a generator has dozens of different characters; a word typed over and over has few. */
const HASH_KEY_CHARACTERS_MIN = 10;

/** Collects while loading, so that everything is told at once. */
export interface Findings {
  readonly problems: string[];
  readonly warnings: string[];
}

const whyNot = (error: unknown): string => {
  const code = typeof error === "object" && error !== null && "code" in error ? error.code : null;
  if (code === "ENOENT") return "it does not exist";
  if (code === "EACCES" || code === "EPERM") return "this user may not read it";
  if (code === "EISDIR") return "it is a folder";
  return "it cannot be read";
};

export const readLimited = (path: string, bytesMax: number): string | { readonly why: string } => {
  try {
    if (statSync(path).size > bytesMax) return { why: `it is larger than ${bytesMax.toLocaleString("en-GB")} bytes` };
    return readFileSync(path, "utf8");
  } catch (error) {
    return { why: whyNot(error) };
  }
};

/** Group members may read a secret (a service's group is how it is shared); the rest of the machine may not. */
const warnIfOpen = (path: string, what: string, { warnings }: Findings): void => {
  const { mode } = statSync(path);
  if ((mode & 0o004) !== 0) warnings.push(`${path} ${what} and every user can read it: chmod o-rwx ${path}`);
  else if ((mode & 0o022) !== 0) warnings.push(`${path} ${what} and others can change it: chmod go-w ${path}`);
};

interface SecretPlaces {
  readonly section: keyof typeof SECRET_VARIABLES;
  readonly password: string | undefined;
  readonly passwordFile: string | undefined;
  readonly optional: boolean;
  /** The configuration file, in which `password` stands. */
  readonly file: string;
}

export const readSecret = (places: SecretPlaces, env: Environment, findings: Findings): Secret | null => {
  const { section, password, passwordFile } = places;
  const variable = SECRET_VARIABLES[section];
  if (password !== undefined && passwordFile !== undefined) {
    findings.problems.push(`${section}.password and ${section}.passwordFile are both given: keep one of them.`);
    return null;
  }
  const fromEnv = env[variable];
  if (fromEnv !== undefined && fromEnv !== "") return new Secret(fromEnv);
  if (passwordFile !== undefined) {
    const content = readLimited(passwordFile, SECRET_BYTES_MAX);
    if (typeof content !== "string") {
      findings.problems.push(`${section}.passwordFile ${passwordFile} cannot be used: ${content.why}.`);
      return null;
    }
    warnIfOpen(passwordFile, "holds a password", findings);
    // Editors end a file with a line end, which is not part of the password.
    const secret = content.replace(/\r?\n$/, "");
    if (secret === "") findings.problems.push(`${section}.passwordFile ${passwordFile} is empty.`);
    return secret === "" ? null : new Secret(secret);
  }
  if (password !== undefined) {
    warnIfOpen(places.file, "holds a password", findings);
    return new Secret(password);
  }
  if (!places.optional) {
    findings.problems.push(
      `The password for ${section} is missing: set ${variable}, or give ${section}.passwordFile or ${section}.password.`,
    );
  }
  return null;
};

interface HashKeyPlaces {
  readonly key: string | undefined;
  readonly keyFile: string | undefined;
  /** The configuration file, in which `numberHashKey` stands. */
  readonly file: string;
}

/** The key by which numbers are hashed; null when numbers are kept as they are. */
export const readHashKey = (places: HashKeyPlaces, env: Environment, findings: Findings): Secret | null => {
  if (places.key !== undefined && places.keyFile !== undefined) {
    findings.problems.push("numberHashKey and numberHashKeyFile are both given: keep one of them.");
    return null;
  }
  const found = hashKeyText(places, env, findings);
  if (found === null) return null;
  const { text, from } = found;
  const problem = text.includes("\uFFFD")
    ? "holds bytes that are no text"
    : Buffer.byteLength(text) < HASH_KEY_BYTES_MIN
      ? `is shorter than ${HASH_KEY_BYTES_MIN} bytes`
      : new Set(text).size < HASH_KEY_CHARACTERS_MIN
        ? "could be guessed"
        : null;
  if (problem === null) return new Secret(text);
  findings.problems.push(`The key in ${from} ${problem}: make one with \`openssl rand -base64 48\`.`);
  return null;
};

const hashKeyText = (
  { key, keyFile, file }: HashKeyPlaces,
  env: Environment,
  findings: Findings,
): { readonly text: string; readonly from: string } | null => {
  const fromEnv = env[HASH_KEY_VARIABLE];
  if (fromEnv !== undefined && fromEnv !== "") return { text: fromEnv, from: HASH_KEY_VARIABLE };
  if (keyFile !== undefined) {
    const content = readLimited(keyFile, SECRET_BYTES_MAX);
    if (typeof content !== "string") {
      findings.problems.push(`numberHashKeyFile ${keyFile} cannot be used: ${content.why}.`);
      return null;
    }
    warnIfOpen(keyFile, "holds a key", findings);
    return { text: content.replace(/\r?\n$/, ""), from: keyFile };
  }
  if (key === undefined) return null;
  warnIfOpen(file, "holds a key", findings);
  return { text: key, from: "numberHashKey" };
};

export const readCa = (key: string, path: string | undefined, findings: Findings): string | null => {
  if (path === undefined) return null;
  const pem = readLimited(path, FILE_BYTES_MAX);
  if (typeof pem !== "string") findings.problems.push(`${key} ${path} cannot be used: ${pem.why}.`);
  else if (!pem.includes("-----BEGIN CERTIFICATE-----")) findings.problems.push(`${key} ${path} holds no certificate.`);
  else return pem;
  return null;
};
