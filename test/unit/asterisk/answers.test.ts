import { expect, test } from "@jest/globals";
import fc from "fast-check";
import * as answers from "../../../src/asterisk/answers.ts";
import { AriError } from "../../../src/asterisk/ari-error.ts";

test("any JSON is read, or refused with an AriError", () => {
  const readers = [
    answers.readBridge,
    answers.readChannel,
    answers.readEndpoint,
    answers.readModule,
    answers.readSound,
  ];
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(...readers), (json, read) => {
      try {
        expect(read(json)).toBeDefined();
      } catch (error) {
        expect(error).toBeInstanceOf(AriError);
      }
      expect(() => answers.readRtpStatistics(json)).not.toThrow();
      expect(() => answers.readIdentity(json)).not.toThrow();
    }),
  );
});

test("an Asterisk without a SIP Call-ID for a channel says so with an empty string", () => {
  expect(answers.readChannel({ id: "c", protocol_id: "" })).toMatchObject({ id: "c", protocolId: null, state: "" });
});

test("no version, no Asterisk", () => {
  expect(answers.readIdentity({ system: {} })).toBeNull();
  expect(answers.readIdentity({ system: { version: "22.10.1" }, config: { max_channels: 5 } })).toMatchObject({
    channelsMax: 5,
  });
});
