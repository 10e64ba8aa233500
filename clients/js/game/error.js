/** What a request is refused with; the codes are listed in docs/protocol.md. */
export class GameError extends Error {
  /**
   * @param {string} code
   * @param {string} message
   */
  constructor(code, message) {
    super(message);
    this.name = "GameError";
    this.code = code;
  }
}
