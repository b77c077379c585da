import { expect, test } from "@jest/globals";
import {
  AriError,
  codeOfException,
  codeOfStatus,
  isNoResponse,
  isOutcomeUnknown,
  isPassing,
  isUnsent,
  toAriError,
} from "../../../src/asterisk/ari-error.ts";
import type { AriErrorCode } from "../../../src/asterisk/ari-error.ts";

const withCode = (code: string): Error => Object.assign(new Error("x"), { code });

test.each<[unknown, AriErrorCode]>([
  [withCode("ECONNREFUSED"), "ARI_UNREACHABLE"],
  [withCode("ENOTFOUND"), "ARI_UNREACHABLE"],
  [withCode("UND_ERR_CONNECT_TIMEOUT"), "ARI_UNREACHABLE"],
  [withCode("EMFILE"), "ARI_UNREACHABLE"],
  [withCode("ECONNRESET"), "ARI_RESET"],
  [withCode("EPIPE"), "ARI_RESET"],
  [withCode("UND_ERR_SOCKET"), "ARI_RESET"],
  [withCode("UND_ERR_HEADERS_TIMEOUT"), "ARI_TIMEOUT"],
  [new DOMException("too late", "TimeoutError"), "ARI_TIMEOUT"],
  [withCode("UND_ERR_DESTROYED"), "ARI_CLOSED"],
  [withCode("DEPTH_ZERO_SELF_SIGNED_CERT"), "ARI_TLS"],
  [withCode("ERR_TLS_CERT_ALTNAME_INVALID"), "ARI_TLS"],
  [withCode("HPE_INVALID_CONSTANT"), "ARI_BAD_RESPONSE"],
  ["a string", "ARI_RESET"],
  [null, "ARI_RESET"],
])("%s is %s", (error, code) => {
  expect(codeOfException(error)).toBe(code);
});

test.each<[number, AriErrorCode]>([
  [400, "ARI_REFUSED"],
  [401, "ARI_UNAUTHORISED"],
  [403, "ARI_UNAUTHORISED"],
  [404, "ARI_NOT_FOUND"],
  [409, "ARI_CONFLICT"],
  [422, "ARI_REFUSED"],
  [500, "ARI_SERVER_ERROR"],
  [503, "ARI_SERVER_ERROR"],
])("status %i is %s", (status, code) => {
  expect(codeOfStatus(status)).toBe(code);
});

test("what a failure says about Asterisk having acted", () => {
  const failed = (code: AriErrorCode): AriError => new AriError({ code, message: "x" });
  expect(isUnsent(failed("ARI_UNREACHABLE"))).toBe(true);
  expect(isOutcomeUnknown(failed("ARI_UNREACHABLE"))).toBe(false);
  for (const code of ["ARI_RESET", "ARI_TIMEOUT", "ARI_CLOSED"] as const) {
    expect(isOutcomeUnknown(failed(code))).toBe(true);
    expect(isNoResponse(failed(code))).toBe(true);
  }
  expect(isNoResponse(failed("ARI_MISUSE"))).toBe(false);
  expect(isPassing(failed("ARI_TLS"))).toBe(false);
  expect(isPassing(new AriError({ code: "ARI_SERVER_ERROR", message: "x", status: 500 }))).toBe(true);
});

test("an error shows origin and path, a bounded body, and never a property called data", () => {
  const error = new AriError({
    code: "ARI_REFUSED",
    message: "x",
    url: "http://user:secret@127.0.0.1:8088/ari/channels/create?endpoint=PJSIP%2F447700900123%40t&api_key=u:p",
    body: "y".repeat(10_000),
  });
  expect(error.url).toBe("http://127.0.0.1:8088/ari/channels/create");
  expect(error.body).toHaveLength(500);
  expect("data" in error).toBe(false);
});

test("strings become errors with their text, our own errors stay as they are", () => {
  expect(toAriError("channelId is a required path param.", "ARI_MISUSE", "channels.get")).toMatchObject({
    code: "ARI_MISUSE",
    message: "channels.get: channelId is a required path param.",
  });
  const own = new AriError({ code: "ARI_CLOSED", message: "x" });
  expect(toAriError(own, "ARI_MISUSE", "y")).toBe(own);
});
