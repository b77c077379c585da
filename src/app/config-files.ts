/** The files that the configuration points to: secrets and certificates, with a word about who else can read them. */
import { readFileSync, statSync } from "node:fs";
import { Secret } from "./secret.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** Win over the file: what a deployment sets last is what it means. */
export const SECRET_VARIABLES = {
  asterisk: "FAIRDIAL_ASTERISK_PASSWORD",
  database: "FAIRDIAL_DATABASE_PASSWORD",
} as const;

/** A configuration is some dozens of lines; anything much larger is another file. */
export const FILE_BYTES_MAX = 1_000_000;
const SECRET_BYTES_MAX = 4_096;

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

export const readCa = (key: string, path: string | undefined, findings: Findings): string | null => {
  if (path === undefined) return null;
  const pem = readLimited(path, FILE_BYTES_MAX);
  if (typeof pem !== "string") findings.problems.push(`${key} ${path} cannot be used: ${pem.why}.`);
  else if (!pem.includes("-----BEGIN CERTIFICATE-----")) findings.problems.push(`${key} ${path} holds no certificate.`);
  else return pem;
  return null;
};
