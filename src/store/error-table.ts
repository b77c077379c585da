/**
 * What the server and the driver call their complaints, and what each means for us. Server errors go by number,
 * because the two servers and the driver do not agree on all names. Sources: MySQL 8.0 and MariaDB 10.6 error references.
 */
import type { StoreErrorKind } from "../engine/ports.ts";

export type DatabaseTrouble =
  /** Nobody answers at the address, or the connection broke. */
  | "unreachable"
  | "timedOut"
  /** Deadlock or lock wait, still there after several tries. */
  | "locked"
  /** User, password, address or certificate refused: waiting will not help, so the daemon says so and exits. */
  | "accessDenied"
  | "unknownDatabase"
  /** A table or column is missing: `fairdial migrate` has not been run, or another program's database is meant. */
  | "wrongSchema"
  /** A replica, or a primary that is about to change. */
  | "readOnly"
  | "full"
  | "duplicate"
  | "missingParent"
  /** Our own mistake. */
  | "other";

/** `atOnce`: the server undid it and asks for it again. `later`: with pauses. `repaired`: once a person has done something. */
export type Again = "atOnce" | "later" | "repaired" | "never";
/** What must not be used again: this connection, or all that are open, because they lead to a server that will not do. */
export type Drops = "nothing" | "connection" | "pool";

interface Meaning {
  readonly kind: StoreErrorKind;
  readonly again: Again;
  readonly drops: Drops;
  readonly sentence: string;
}

const meaning = (kind: StoreErrorKind, again: Again, drops: Drops, sentence: string): Meaning => ({
  ...{ kind, again, drops, sentence },
});

export const MEANINGS: Readonly<Record<DatabaseTrouble, Meaning>> = {
  unreachable: meaning("away", "later", "connection", "the database cannot be reached"),
  timedOut: meaning("away", "later", "connection", "the database did not answer in time"),
  locked: meaning("away", "atOnce", "nothing", "the database could not get a lock"),
  readOnly: meaning("away", "later", "pool", "the database takes no writes at present"),
  full: meaning("away", "later", "nothing", "the database has no room left"),
  accessDenied: meaning(
    ...(["unusable", "repaired", "pool"] as const),
    "the database refuses our user, password, address or certificate",
  ),
  unknownDatabase: meaning("unusable", "repaired", "pool", "the server has no database of that name"),
  wrongSchema: meaning("unusable", "repaired", "nothing", "the database lacks a table or column of ours"),
  duplicate: meaning("conflict", "never", "nothing", "the row is there already"),
  missingParent: meaning("broken", "never", "nothing", "a row refers to one that does not exist"),
  other: meaning("broken", "never", "nothing", "the database refused a statement"),
};

export const SERVER_ERRORS: readonly (readonly [DatabaseTrouble, readonly number[]])[] = [
  // 1040, 1203, 1226: too many connections. 1047: a Galera node not ready. 1053: shutting down. 1129: host blocked
  // after errors. 1158–1161: network. 1180: a cluster refused the commit. 1927: killed. 2002–2055: the client library's,
  // as a proxy passes them on. 3032: offline mode. 3168: not available yet. 4031: idle too long. 9001: ProxySQL found
  // no server in time.
  [
    "unreachable",
    [
      ...[1040, 1042, 1043, 1047, 1053, 1129, 1152, 1158, 1159, 1160, 1161, 1180, 1184, 1203, 1226, 1927],
      ...[2002, 2003, 2006, 2013, 2055, 3032, 3168, 4031, 9001],
    ],
  ],
  // 1317: interrupted. 1969 (MariaDB), 3024 (MySQL): a limit on statement time.
  ["timedOut", [1317, 1969, 3024]],
  // 1020: row changed since it was read (MariaDB with innodb_snapshot_isolation). 1206: lock table full. 1637: too many
  // transactions. 3101: a group undid it as it was committed. 3572: somebody else's lock.
  ["locked", [1020, 1205, 1206, 1213, 1637, 3101, 3572]],
  // 1044 and 1142–1143: no privilege. 1130: host. 1227: privilege. 1251: auth plug-in. 1698: no password given.
  // 1820, 1862: password expired. 3118, 4151: account locked. 3159: the server insists on TLS.
  ["accessDenied", [1044, 1045, 1130, 1142, 1143, 1227, 1251, 1370, 1698, 1820, 1862, 3118, 3159, 4151]],
  ["unknownDatabase", [1046, 1049]],
  ["wrongSchema", [1054, 1146, 1347, 1356]],
  // 1290: an option forbids it, which of the statements here can only be read_only. 1792: the transaction, 1836: the
  // server is read-only. 3100: a group has no majority.
  ["readOnly", [1290, 1792, 1836, 3100]],
  // 1026: a write failed. 1030: the engine's own, as a rule disk full (28). 1037, 1041: no memory.
  ["full", [1021, 1026, 1030, 1037, 1041, 1114]],
  ["duplicate", [1062]],
  ["missingParent", [1216, 1452]],
];

/** A server that says so will not do better soon: its successor may be there already, under the same name. */
const LEAVING: ReadonlySet<number> = new Set([1047, 1053, 3032]);

const BY_NUMBER = new Map(SERVER_ERRORS.flatMap(([trouble, numbers]) => numbers.map((number) => [number, trouble])));

const DRIVER_ERRORS: readonly (readonly [DatabaseTrouble, RegExp])[] = [
  ["timedOut", /^PROTOCOL_SEQUENCE_TIMEOUT$/],
  // ENOENT and EACCES: the socket file is not there, or not ours to open yet, while the server starts.
  ["unreachable", /^(ECONN\w+|ETIMEDOUT|EPIPE|EHOST\w+|ENET\w+|ENOTFOUND|EAI_\w+|ENOENT|EACCES|EADDR\w+)$/],
  ["unreachable", /^(PROTOCOL_CONNECTION_LOST|PROTOCOL_PACKETS_OUT_OF_ORDER|POOL_\w+|HANDSHAKE_UNKNOWN_ERROR)$/],
  // Names of OpenSSL's and Node's complaints about certificates.
  ["accessDenied", /(CERT|SSL|TLS|AUTH_SWITCH|SELF_SIGNED|UNABLE_TO_VERIFY)/],
];

/** By the driver's wording, where it gives no code. */
const DRIVER_SENTENCES = /pool is closed|closed state|queue limit|connection lost/i;

/** Nothing but names of tables, columns and users in them; other messages may quote values, which may be numbers. */
const MESSAGES_WITHOUT_VALUES = new Set([
  1044, 1045, 1046, 1048, 1049, 1054, 1130, 1142, 1143, 1146, 1227, 1290, 1364, 1406, 1451, 1452,
]);

/** What mysql2 puts on its errors. */
export interface DriverError {
  readonly message: string;
  readonly code?: string;
  readonly errno?: number;
  readonly sqlMessage?: string;
}

export const troubleOf = ({ code = "", errno, message }: DriverError): DatabaseTrouble => {
  // Operating system errors have numbers too, negative ones.
  const known = errno !== undefined && errno > 0 ? BY_NUMBER.get(errno) : undefined;
  if (known !== undefined) return known;
  const driver = DRIVER_ERRORS.find(([, pattern]) => pattern.test(code));
  if (driver !== undefined) return driver[0];
  return code === "" && DRIVER_SENTENCES.test(message) ? "unreachable" : "other";
};

export const dropsOf = (trouble: DatabaseTrouble, errno: number | null): Drops =>
  errno !== null && LEAVING.has(errno) ? "pool" : MEANINGS[trouble].drops;

/** What may be said of it in a log: the server's or driver's own words only where they cannot hold a value. */
export const detailOf = ({ code, errno, message, sqlMessage }: DriverError): string => {
  const name = code ?? (errno === undefined ? "no code" : `error ${errno}`);
  if (errno === 1062) return `${name}, ${/for key '[^']*'$/.exec(sqlMessage ?? "")?.[0] ?? "key unknown"}`;
  // Words about the network, with an address, or about a certificate.
  const isDriver = sqlMessage === undefined && DRIVER_ERRORS.some(([, pattern]) => pattern.test(code ?? ""));
  const words = isDriver ? message : errno !== undefined && MESSAGES_WITHOUT_VALUES.has(errno) ? sqlMessage : undefined;
  if (words === undefined || words === "") return name;
  return words.includes(name) ? words : `${name}: ${words}`;
};
