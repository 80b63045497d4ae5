import { runEnd, TOKEN } from './characters.js';
import { hostEnd, parseHost } from './host.js';
import { SipSyntaxError } from './sip-syntax-error.js';
import { parseUri, type SipUri } from './uri.js';

const MAX_PARAMS = 32;
const HTAB = 0x09;
const SPACE = 0x20;
const DEL = 0x7f;
const BACKSLASH = 0x5c;
const QUOTE = 0x22;

/** Reads a header field of comma-separated addresses with parameters (RFC 3261 §20.10, §25.1) once, left to right. */
export class FieldScanner {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** Blanks are spaces and tabs alone: a folded field must come unfolded, since CR and LF would open a header. */
  skipBlanks(): void {
    while (this.#code() === SPACE || this.#code() === HTAB) this.#at += 1;
  }

  /** Steps over the character and the blanks on both sides, when it comes next. */
  skip(character: string): boolean {
    this.skipBlanks();
    if (this.#text[this.#at] !== character) return false;
    this.#at += 1;
    this.skipBlanks();
    return true;
  }

  atEnd(): boolean {
    this.skipBlanks();
    return this.#at === this.#text.length;
  }

  /** The URI of `"Alice" <sip:…>`, `Alice <sip:…>` or `<sip:…>`; undefined (and nothing is read) for any other. */
  nameAddr(): SipUri | undefined {
    this.skipBlanks();
    const start = this.#at;
    if (this.#code() === QUOTE) {
      this.#at = this.#quotedStringEnd();
      this.skipBlanks();
    } else {
      this.#skipTokens();
    }
    if (this.#text[this.#at] !== '<') {
      this.#at = start;
      return undefined;
    }
    const close = this.#text.indexOf('>', this.#at);
    if (close === -1) throw new SipSyntaxError('a "<" is not closed');
    const uri = parseUri(this.#text.slice(this.#at + 1, close));
    this.#at = close + 1;
    return uri;
  }

  /** A URI without brackets: it ends at the first semicolon, comma or blank, and has no headers (RFC 3261 §20.10). */
  addrSpec(): SipUri {
    const start = this.#at;
    let end = start;
    while (end < this.#text.length && !' \t,;'.includes(this.#text.charAt(end))) end += 1;
    this.#at = end;
    const text = this.#text.slice(start, end);
    if (text.includes('?')) throw new SipSyntaxError('a URI with "?" needs angle brackets');
    return parseUri(text);
  }

  /** The parameters that come next, by lower-case name; a quoted value keeps its quotes. */
  params(): Map<string, string | null> {
    const params = new Map<string, string | null>();
    while (this.skip(';')) {
      const name = this.#token('a parameter has no name').toLowerCase();
      if (params.has(name)) throw new SipSyntaxError(`the parameter ${name} stands twice`);
      if (params.size === MAX_PARAMS)
        throw new SipSyntaxError(`there are more than ${MAX_PARAMS} parameters`);
      params.set(name, this.skip('=') ? this.#value() : null);
    }
    return params;
  }

  #value(): string {
    const start = this.#at;
    if (this.#code() === QUOTE) {
      this.#at = this.#quotedStringEnd();
      return this.#text.slice(start, this.#at);
    }
    if (this.#text[start] === '[') {
      this.#at = hostEnd(this.#text, start);
      return parseHost(this.#text.slice(start, this.#at));
    }
    return this.#token('a parameter has no value after its "="');
  }

  #token(otherwise: string): string {
    const start = this.#at;
    this.#at = runEnd(this.#text, start, TOKEN);
    if (this.#at === start) throw new SipSyntaxError(otherwise);
    return this.#text.slice(start, this.#at);
  }

  #skipTokens(): void {
    let before: number;
    do {
      before = this.#at;
      this.#at = runEnd(this.#text, before, TOKEN);
      this.skipBlanks();
    } while (this.#at !== before);
  }

  #quotedStringEnd(): number {
    for (let at = this.#at + 1; at < this.#text.length; at += 1) {
      let code = this.#text.charCodeAt(at);
      if (code === QUOTE) return at + 1;
      if (code === BACKSLASH) {
        at += 1;
        code = this.#text.charCodeAt(at);
      }
      if ((code < SPACE && code !== HTAB) || code === DEL) {
        throw new SipSyntaxError('a quoted string holds a control character');
      }
    }
    throw new SipSyntaxError('a quoted string is not closed');
  }

  #code(): number {
    return this.#text.charCodeAt(this.#at);
  }
}
