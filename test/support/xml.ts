/** A strict little reader of XML: enough to say that a picture or page of ours is well-formed, and what is in it. */

export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: XmlElement[];
  text: string;
}

const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"' };

const decoded = (text: string): string =>
  text.replace(/&([^;]*);?/g, (whole, name: string) => {
    const character = ENTITIES[name];
    if (character === undefined || !whole.endsWith(";"))
      throw new Error(`a bare ampersand or unknown entity: ${whole}`);
    return character;
  });

/** Throws a sentence where it is not well-formed. */
export const readXml = (xml: string): XmlElement => {
  const root: XmlElement = { name: "", attributes: {}, children: [], text: "" };
  const open = [root];
  const innermost = (): XmlElement => open.at(-1) ?? root;
  const body = xml.replace(/^<!DOCTYPE html>\n/, "");
  const token = /<(\/?)([A-Za-z][\w:-]*)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>|([^<]+)/gy;
  let at = 0;
  for (let match = token.exec(body); match !== null; match = token.exec(body)) {
    at = token.lastIndex;
    const [, close, name = "", attributes = "", empty, text] = match;
    if (text !== undefined) {
      innermost().text += decoded(text);
    } else if (close === "/") {
      const last = open.pop();
      if (last?.name !== name) throw new Error(`</${name}> closes <${last?.name ?? "nothing"}>`);
    } else {
      const pairs = [...attributes.matchAll(/([\w:-]+)="([^"]*)"/g)].map(([, key = "", value = ""]) => [
        key,
        decoded(value),
      ]);
      const names = pairs.map(([key]) => key);
      if (new Set(names).size !== names.length) throw new Error(`<${name}> says something twice`);
      const element: XmlElement = {
        name,
        attributes: Object.fromEntries(pairs) as Record<string, string>,
        children: [],
        text: "",
      };
      innermost().children.push(element);
      if (empty !== "/") open.push(element);
    }
  }
  if (at !== body.length) throw new Error(`not XML at: ${body.slice(at, at + 60)}`);
  if (open.length !== 1) throw new Error(`<${innermost().name}> is never closed`);
  const [first] = root.children;
  if (first === undefined || root.children.length !== 1) throw new Error("not one root");
  return first;
};

export const everyElement = (root: XmlElement): readonly XmlElement[] => [root, ...root.children.flatMap(everyElement)];
export const allText = (root: XmlElement): string =>
  everyElement(root)
    .map(({ text }) => text)
    .join("\n");
