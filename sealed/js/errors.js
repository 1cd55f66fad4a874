// The tree of errors that Python and JavaScript share: a code of ../errors.json. The sentence for the person is found by the page.

export class EnlaceError extends Error {
  /** `detail` is for the console only; `more` carries what a page may show (retry_after, fields). */
  constructor(code, detail = "", more = {}) {
    super(detail ? `${code}: ${detail}` : code);
    this.name = "EnlaceError";
    this.code = code;
    this.detail = detail;
    Object.assign(this, more);
  }
}
