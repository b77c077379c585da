// The first request, before ari-client gets to make any: it tells apart what the library reports as one string, or not
// at all. Nobody there, not our password, no answer, not Asterisk: each has its own code and a sentence that helps.
import { AriError } from "./ari-error.ts";
import type { AsteriskIdentity } from "./ari-port.ts";
import { readIdentity } from "./answers.ts";
import type { AriNode } from "./transport.ts";

const PATH = "/ari/asterisk/info";

export async function preflight(node: AriNode): Promise<AsteriskIdentity> {
  let text: string;
  try {
    text = (await node.request("GET", PATH, { accept: "application/json" })).body.toString("utf8");
  } catch (error) {
    throw explained(error);
  }
  const identity = readIdentity(parsed(text));
  if (identity === null) throw explained(notAsterisk("it did not say its version"));
  return identity;
}

function explained(error: unknown): unknown {
  if (!(error instanceof AriError)) return error;
  const { code, status, method, url, body } = error;
  const say = (message: string, as = code): AriError =>
    new AriError({ code: as, message, status, method, url, body, cause: error });
  switch (code) {
    case "ARI_UNREACHABLE":
      return say(
        "nobody answers at Asterisk's address: is Asterisk running, and http.conf enabled with this bindaddr and port?",
      );
    case "ARI_UNAUTHORISED":
      return say("Asterisk refused our user or password: compare with the user's section in ari.conf");
    case "ARI_TIMEOUT":
      return say("something accepts connections at Asterisk's address and does not answer");
    case "ARI_TLS":
      return say("Asterisk's certificate is not trusted: name its authority in NODE_EXTRA_CA_CERTS before starting");
    case "ARI_NOT_FOUND":
      return say(
        "a web server answers at Asterisk's address, and has no ARI: is ari.conf enabled, without a prefix in http.conf?",
        "ARI_NOT_ASTERISK",
      );
    case "ARI_BAD_RESPONSE":
      return say("what answers at Asterisk's address is not ARI", "ARI_NOT_ASTERISK");
    default:
      return error;
  }
}

function notAsterisk(reason: string): AriError {
  return new AriError({ code: "ARI_BAD_RESPONSE", message: reason, status: 200, method: "GET", url: "" });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
