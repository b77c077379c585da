// Connects to an Asterisk over TLS in a process of its own, because NODE_EXTRA_CA_CERTS counts only from the start.
// Arguments: URL, user, password. Prints what it heard as one line of JSON.
import { portTo, until } from "./connected.ts";

const [url = "", user = "", password = ""] = process.argv.slice(2);
const { port, events } = portTo({ url, user, password });
const identity = await port.connect();
const channels = await port.channels();
await until("an event came", () => events.length > 0);
process.stdout.write(JSON.stringify({ version: identity.version, channels: channels.length, event: events[0]?.type }));
await port.close();
