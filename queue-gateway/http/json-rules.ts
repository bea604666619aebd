/**
 * What valid JSON may not have here. A key that is there twice means one thing to one reader and
 * another to the next (RFC 8259 §4); deep nesting costs whoever walks it recursively its stack.
 */
export const maxJsonDepth = 16;

const quote = 0x22;
const backslash = 0x5c;

interface Level {
  /** Keys seen so far; undefined in a list. */
  keys: Set<string> | undefined;
  /** In an object: whether the next string is a key. */
  expectsKey: boolean;
}

/** Index of the quotation mark that ends the string whose text begins at `from`. */
function endOfString(text: string, from: number): number {
  let at = from;
  while (at < text.length && text.charCodeAt(at) !== quote)
    at += text.charCodeAt(at) === backslash ? 2 : 1;
  return at;
}

/** A key as it is meant: `"a"` and `"\u0061"` are the same one. */
const readKey = (raw: string): string =>
  raw.includes('\\') ? (JSON.parse(`"${raw}"`) as string) : raw;

/** @returns whether the key was there before. */
function isRepeated(level: Level, raw: string): boolean {
  level.expectsKey = false;
  const key = readKey(raw);
  if (level.keys?.has(key)) return true;
  level.keys?.add(key);
  return false;
}

/** Why this JSON, already known to be valid, is not taken; `undefined` when it is. */
export function jsonFault(text: string): string | undefined {
  const levels: Level[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const level = levels.at(-1);
    switch (text[at]) {
      case '"': {
        const end = endOfString(text, at + 1);
        if (level?.expectsKey && isRepeated(level, text.slice(at + 1, end)))
          return 'must not have a key twice';
        at = end;
        break;
      }
      case '{':
      case '[': {
        const isObject = text[at] === '{';
        levels.push({ keys: isObject ? new Set() : undefined, expectsKey: isObject });
        if (levels.length > maxJsonDepth) return `must not be deeper than ${maxJsonDepth} levels`;
        break;
      }
      case '}':
      case ']':
        levels.pop();
        break;
      case ',':
        if (level?.keys) level.expectsKey = true;
        break;
      case undefined:
      default:
    }
  }
  return undefined;
}
