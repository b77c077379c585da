// The pieces of a SIPp scenario for a callee: what arrives, what is answered, where it goes on.

const CONTACT = "Contact: <sip:[local_ip]:[local_port];transport=[transport]>";

/** An INVITE has come: the pattern's groups, found in the dialled number, become variables. */
export function invited(pattern: string, groups: readonly string[]): readonly string[] {
  const variables = ["whole", ...groups].join(",");
  return [
    `<recv request="INVITE" rrs="true"><action>`,
    `<ereg regexp="${pattern}" search_in="hdr" header="To:" check_it="false" assign_to="${variables}"/>`,
    `<ereg regexp="[0-9]+" search_in="hdr" header="CSeq:" check_it="true" assign_to="cseq"/>`,
    `<ereg regexp=".*" search_in="hdr" header="From:" check_it="true" assign_to="from"/>`,
    `<ereg regexp=".*" search_in="hdr" header="To:" check_it="true" assign_to="to"/>`,
    `</action></recv>`,
    `<Reference variables="${variables},cseq,from,to"/>`,
  ];
}

/** Where every branch ends; it takes in what is repeated late. */
export const done: readonly string[] = [`<label id="done"/>`, `<timewait milliseconds="2000"/>`];

export function label(id: string): string {
  return `<label id="${id}"/>`;
}

export function jump(to: string): string {
  return `<nop next="${to}"/>`;
}

/** strcmp says 0 for equal, and a jump wants a boolean. */
export function jumpIf(variable: string, value: string, to: string): string {
  return [
    `<nop><action>`,
    `<strcmp assign_to="differs" variable="${variable}" value="${value}"/>`,
    `<test assign_to="same" variable="differs" compare="equal" value="0"/>`,
    `</action></nop>`,
    `<nop next="${to}" test="same"/>`,
  ].join("");
}

/** A line in SIPp's own log (see `keepNotes`): the words, the variable's value, the Call-ID, the time in seconds. */
export function note(words: string, variable: string): string {
  // The time comes as a date, a time and seconds since 1970, with tabs between.
  return `<nop><action><log message="${words} [$${variable}] [call_id] [timestamp]"/></action></nop>`;
}

export function pause(ms: number): string {
  return `<pause milliseconds="${String(ms)}"/>`;
}

/** Each call its own length, evenly spread. */
export function pauseBetween(leastMs: number, mostMs: number): string {
  return `<pause distribution="uniform" min="${String(leastMs)}" max="${String(mostMs)}"/>`;
}

export function receive(request: string): string {
  return `<recv request="${request}"/>`;
}

export type Sdp = {
  /** Rises with each description of a call. */
  readonly version?: number;
  readonly direction?: "sendrecv" | "sendonly" | "inactive";
  /** By default SIPp's own, which echoes. */
  readonly port?: number;
  /** "0 101" by default: PCMU and keys. */
  readonly formats?: string;
};

export type ResponseOptions = {
  readonly sdp?: boolean | Sdp;
  /** Repeated until the caller confirms it. */
  readonly reliably?: boolean;
  /** Answers the INVITE although the last message was the CANCEL. */
  readonly invite?: boolean;
  readonly tag?: boolean;
  /** Tells apart the phones that a network rings for one call. */
  readonly phone?: string;
  readonly headers?: readonly string[];
  readonly times?: number;
};

export function respond(status: string, options: ResponseOptions = {}): string {
  const { sdp = false, reliably = false, invite = false, tag = true, phone = "", times = 1 } = options;
  const { headers = challenge(status) } = options;
  const lines = [
    `SIP/2.0 ${status}`,
    "[last_Via:]",
    "[last_From:]",
    `[last_To:]${tag ? `;tag=[pid]callee${phone}[call_number]` : ""}`,
    "[last_Call-ID:]",
    invite ? "CSeq: [$cseq] INVITE" : "[last_CSeq:]",
    ...(tag && !headers.some((line) => line.startsWith("Contact:")) ? [CONTACT] : []),
    ...headers,
    ...body(sdp),
  ];
  return Array.from({ length: times }, () => message(lines, reliably)).join("\n");
}

/** To a later request of the caller, whose To has our tag already. */
export function respondInDialog(status: string): string {
  return respond(status, { tag: false });
}

export type RequestOptions = {
  readonly cseq: number;
  readonly sdp?: Sdp;
  readonly headers?: readonly string[];
};

/** A request of ours within the call. */
export function request(method: string, { cseq, sdp, headers = [] }: RequestOptions): string {
  const lines = [
    `${method} [next_url] SIP/2.0`,
    "Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]",
    "From:[$to];tag=[pid]callee[call_number]",
    "To:[$from]",
    "[last_Call-ID:]",
    `CSeq: ${String(cseq)} ${method}`,
    "Max-Forwards: 70",
    CONTACT,
    ...headers,
    ...body(sdp ?? false),
  ];
  return message(lines, method !== "ACK");
}

export const bye = request("BYE", { cseq: 1 });

function challenge(status: string): readonly string[] {
  if (status.startsWith("401")) return [`WWW-Authenticate: Digest realm="callee", nonce="1"`];
  if (status.startsWith("407")) return [`Proxy-Authenticate: Digest realm="callee", nonce="1"`];
  return [];
}

function body(sdp: boolean | Sdp): readonly string[] {
  if (sdp === false) return ["Content-Length: [len]", ""];
  const { version = 1, direction = "sendrecv", port, formats = "0 101" } = sdp === true ? {} : sdp;
  return [
    "Content-Type: application/sdp",
    "Content-Length: [len]",
    "",
    "v=0",
    `o=callee 1 ${String(version)} IN IP[local_ip_type] [local_ip]`,
    "s=-",
    "c=IN IP[media_ip_type] [media_ip]",
    "t=0 0",
    `m=audio ${port === undefined ? "[media_port]" : String(port)} RTP/AVP ${formats}`,
    ...(formats === "0 101" ? ["a=rtpmap:0 PCMU/8000", "a=rtpmap:101 telephone-event/8000"] : []),
    `a=${direction}`,
    "",
  ];
}

function message(lines: readonly string[], reliably: boolean): string {
  return `<send${reliably ? ` retrans="500"` : ""}><![CDATA[\n${lines.join("\n")}\n]]></send>`;
}
