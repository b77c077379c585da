/** What each complaint of the database means for us. */
import { describe, expect, test } from "@jest/globals";
import { StoreError } from "../../../src/engine/ports.ts";
import { isNoAnswer } from "../../../src/engine/rows/store-health.ts";
import { SERVER_ERRORS } from "../../../src/store/error-table.ts";
import { againAfter, DatabaseError, droppedBy, inOurWords, isLostConnection } from "../../../src/store/errors.ts";

const server = (errno: number, code: string, sqlMessage = "") =>
  Object.assign(new Error(sqlMessage), { errno, code, sqlMessage, sql: "select secret" });
const driver = (code: string, message = "") => Object.assign(new Error(message), { code });

describe("the table of errors", () => {
  test.each([
    [server(1213, "ER_LOCK_DEADLOCK"), "locked", "away"],
    [server(1205, "ER_LOCK_WAIT_TIMEOUT"), "locked", "away"],
    [server(1040, "ER_CON_COUNT_ERROR"), "unreachable", "away"],
    [server(1053, "ER_SERVER_SHUTDOWN"), "unreachable", "away"],
    [server(1290, "ER_OPTION_PREVENTS_STATEMENT"), "readOnly", "away"],
    [server(1114, "ER_RECORD_FILE_FULL"), "full", "away"],
    [server(1045, "ER_ACCESS_DENIED_ERROR"), "accessDenied", "unusable"],
    [server(4151, "UNKNOWN_CODE_PLEASE_REPORT"), "accessDenied", "unusable"],
    [server(1049, "ER_BAD_DB_ERROR"), "unknownDatabase", "unusable"],
    [server(1146, "ER_NO_SUCH_TABLE"), "wrongSchema", "unusable"],
    [server(1062, "ER_DUP_ENTRY"), "duplicate", "conflict"],
    [server(1452, "ER_NO_REFERENCED_ROW_2"), "missingParent", "broken"],
    [server(1064, "ER_PARSE_ERROR"), "other", "broken"],
    [driver("ECONNREFUSED"), "unreachable", "away"],
    [driver("ENOENT"), "unreachable", "away"],
    [driver("EAI_AGAIN"), "unreachable", "away"],
    [driver("ETIMEDOUT"), "unreachable", "away"],
    [driver("PROTOCOL_CONNECTION_LOST"), "unreachable", "away"],
    [driver("PROTOCOL_SEQUENCE_TIMEOUT"), "timedOut", "away"],
    [driver("SELF_SIGNED_CERT_IN_CHAIN"), "accessDenied", "unusable"],
    [driver("HANDSHAKE_NO_SSL_SUPPORT"), "accessDenied", "unusable"],
    [new Error("Pool is closed."), "unreachable", "away"],
    [new Error("Can't add new command when connection is in closed state"), "unreachable", "away"],
    [new TypeError("x is not a function"), "other", "broken"],
  ])("%s", (error, trouble, kind) => {
    expect(inOurWords(error)).toMatchObject({ trouble, kind });
  });

  test("operating system errors have negative numbers, which are no server's", () => {
    expect(inOurWords(Object.assign(new Error(""), { errno: -111, code: "ECONNREFUSED" }))).toMatchObject({
      trouble: "unreachable",
      errno: null,
    });
  });

  test("our own errors pass as they are", () => {
    const ours = new StoreError("conflict", "somebody has it");
    expect(inOurWords(ours)).toBe(ours);
  });

  test("anything at all may be thrown", () => {
    expect(inOurWords("nonsense")).toMatchObject({ kind: "broken" });
    expect(inOurWords(null)).toMatchObject({ kind: "broken" });
  });
});

describe("what an error tells", () => {
  test("neither the statement nor a value", () => {
    const error = inOurWords(
      server(1062, "ER_DUP_ENTRY", "Duplicate entry '+447700900123-7' for key 'suppression.PRIMARY'"),
    );
    const said = JSON.stringify(error) + error.message + String(error.stack);
    expect(said).not.toMatch(/7700900123|secret/);
    expect(error.message).toContain("suppression.PRIMARY");
    expect(error.cause).toBeUndefined();
  });

  test.each([
    [1366, "Incorrect string value: '+447700900123' for column"],
    [1292, "Incorrect datetime value: '+447700900123'"],
    [1064, "You have an error near '+447700900123'"],
  ])("also not of error %d, whose text quotes it", (errno, message) => {
    expect(inOurWords(server(errno, "ER_X", message)).message).not.toContain("7700900123");
  });

  test("but which address, and what is wrong with a certificate", () => {
    const refused = driver("ECONNREFUSED", "connect ECONNREFUSED 127.0.0.1:3306");
    expect(inOurWords(refused).message).toBe("the database cannot be reached (connect ECONNREFUSED 127.0.0.1:3306)");
    const untrusted = driver("HANDSHAKE_SSL_ERROR", "self-signed certificate in certificate chain");
    expect(inOurWords(untrusted).message).toContain("HANDSHAKE_SSL_ERROR: self-signed certificate");
  });

  test("but names of tables, columns and users", () => {
    const message = "Access denied for user 'fairdial'@'localhost' (using password: YES)";
    expect(inOurWords(server(1045, "ER_ACCESS_DENIED_ERROR", message)).message).toContain(message);
  });
});

/** What is done about each number, by the three columns that matter: when again, what is dropped, whether rows wait for it. */
describe("the table, number by number", () => {
  const DONE: readonly (readonly [what: string, again: string, drops: string, waits: boolean, numbers: number[]])[] = [
    ["deadlock, lock wait, a row changed, a group's veto", "atOnce", "nothing", true, [1213, 1205, 1020, 3101]],
    ["lock tables full, too many transactions, no wait", "atOnce", "nothing", true, [1206, 1637, 3572]],
    ["gone, killed, idle too long, lost by a proxy", "later", "connection", true, [1927, 4031, 2006, 2013, 9001]],
    ["too many connections, of all or of a user", "later", "connection", true, [1040, 1203, 1226]],
    ["host blocked, address unknown, handshake", "later", "connection", true, [1129, 1042, 1043]],
    ["network in the middle of a packet", "later", "connection", true, [1158, 1159, 1160, 1161, 1184, 1152]],
    ["a cluster refused the commit, not available yet", "later", "connection", true, [1180, 3168, 2002, 2003, 2055]],
    ["leaving: shutting down, not ready, offline", "later", "pool", true, [1053, 1047, 3032]],
    ["read-only: a replica, or a primary that was one", "later", "pool", true, [1290, 1792, 1836, 3100]],
    ["took too long", "later", "connection", true, [1317, 1969, 3024]],
    ["disk full, no memory", "later", "nothing", true, [1021, 1026, 1030, 1037, 1041, 1114]],
    ["refuses us", "repaired", "pool", true, [1044, 1045, 1130, 1142, 1143, 1227, 1251, 1370, 1698, 1820, 1862]],
    ["refuses us as we are", "repaired", "pool", true, [3118, 3159, 4151]],
    ["no such database", "repaired", "pool", true, [1046, 1049]],
    ["not migrated", "repaired", "nothing", true, [1054, 1146, 1347, 1356]],
    ["there already", "never", "nothing", false, [1062]],
    ["refers to nothing", "never", "nothing", false, [1216, 1452]],
    ["does not fit, or our mistake", "never", "nothing", false, [1064, 1366, 1406, 1264, 1292, 3819, 4025]],
  ];

  test.each(DONE)("%s", (_what, again, drops, waits, numbers) => {
    for (const errno of numbers) {
      const error = inOurWords(server(errno, "ER_X"));
      expect([errno, againAfter(error), droppedBy(error), isNoAnswer(error)]).toEqual([errno, again, drops, waits]);
    }
  });

  test("leaves no number out, and has none twice", () => {
    const listed = SERVER_ERRORS.flatMap(([, numbers]) => numbers);
    expect(new Set(listed).size).toBe(listed.length);
    const asked = new Set(DONE.flatMap(([, , , , numbers]) => numbers));
    expect(listed.filter((number) => !asked.has(number))).toEqual([]);
  });
});

test("a connection that did not answer is not used again, one that refused a statement is", () => {
  expect(isLostConnection(new DatabaseError("timedOut", "x"))).toBe(true);
  expect(isLostConnection(new DatabaseError("unreachable", "x"))).toBe(true);
  expect(isLostConnection(new DatabaseError("locked", "x"))).toBe(false);
  expect(isLostConnection(new StoreError("away", "x"))).toBe(false);
});
