import { afterEach, expect, test } from "@jest/globals";
import { loadAriLibrary } from "../../../src/asterisk/ari-library.ts";
import type { SwaggerResponse } from "../../../src/asterisk/ari-library.ts";
import { acquireNode, installTransport } from "../../../src/asterisk/transport.ts";
import { released, releaseAll, serve } from "../../support/pretend-ari/bench.ts";
import type { PretendAri } from "../../support/pretend-ari/pretend-ari.ts";

// What swagger-client may rely on: exactly one of its two callbacks, once, whatever they do.
const library = loadAriLibrary();
installTransport(library);

afterEach(releaseAll);

async function registered(): Promise<PretendAri> {
  const server = await serve();
  const node = acquireNode({
    origin: server.url,
    user: server.user,
    password: server.password,
    requestTimeoutMs: 1_000,
    connectionsMax: 2,
  });
  released(() => node.release());
  return server;
}

interface Outcome {
  readonly responses: SwaggerResponse[];
  readonly errors: unknown[];
}

async function run(
  url: string,
  method: string,
  on: { response?: () => void; error?: () => void } = {},
): Promise<Outcome> {
  const outcome: Outcome = { responses: [], errors: [] };
  await new Promise<void>((resolve) => {
    const settle = (): void => {
      setTimeout(resolve, 20);
    };
    library.httpClient.prototype.execute({
      url,
      method,
      headers: { Authorization: "Basic someone-else" },
      body: "",
      on: {
        response: (response) => {
          outcome.responses.push(response);
          settle();
          on.response?.();
        },
        error: (error) => {
          outcome.errors.push(error);
          settle();
          on.error?.();
        },
      },
    });
  });
  return outcome;
}

test("a success is a response with bytes, an empty one included; our own credentials are used", async () => {
  const server = await registered();
  const { responses, errors } = await run(`${server.url}/ari/channels`, "get");
  expect(errors).toEqual([]);
  expect(responses).toMatchObject([{ status: 200, method: "GET" }]);
  expect(responses[0]?.data.toString()).toBe("[]");
  server.fault("GET", /channels/, { kind: "status", status: 204 });
  expect((await run(`${server.url}/ari/channels`, "get")).responses[0]?.data).toHaveLength(0);
});

test("a response handler that throws gets its error handler called", async () => {
  const server = await registered();
  const { responses, errors } = await run(`${server.url}/ari/channels`, "GET", {
    response: () => {
      throw new SyntaxError("Unexpected token");
    },
  });
  expect(responses).toHaveLength(1);
  expect(errors).toMatchObject([{ code: "ARI_BAD_RESPONSE" }]);
});

test("an error handler that throws a string harms nobody", async () => {
  const server = await registered();
  server.fault("GET", /channels/, { kind: "status", status: 401 });
  const { errors } = await run(`${server.url}/ari/channels`, "GET", {
    error: () => {
      // eslint-disable-next-line @typescript-eslint/only-throw-error -- swagger-client does exactly this
      throw "401 : undefined http://…";
    },
  });
  expect(errors).toMatchObject([{ code: "ARI_UNAUTHORISED", status: 401 }]);
});

test.each(["http://nowhere.example:8088/ari/channels", "not a url", "http://[bad"])(
  "the address %s, which is not ours, is an error like any other",
  async (url) => {
    await registered();
    const { errors } = await run(url, "GET");
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatchObject({ name: "AriError" });
  },
);

test("one host and port with other credentials is refused; with the same it is shared until the last release", async () => {
  const server = await registered();
  const options = { origin: server.url, user: server.user, requestTimeoutMs: 1_000, connectionsMax: 2 };
  expect(() => acquireNode({ ...options, password: "other" })).toThrow(/another scheme, user or password/);
  const second = acquireNode({ ...options, password: server.password });
  await second.release();
  expect((await run(`${server.url}/ari/channels`, "GET")).responses).toHaveLength(1);
});
