// A socket that is played by hand.
import { Emitter } from "../../events.js";

export class FakeSocket extends Emitter {
  connected = true;
  sent = [];
  get volatile() {
    return this;
  }
  timeout() {
    return { emit: (event, arg, done) => this.sent.push({ event, arg, done }) };
  }
  emit(event, ...args) {
    this.sent.push({ event, args });
  }
  receive(...args) {
    this.dispatch(...args);
  }
  /** What was sent of an event since the last time. */
  take(event) {
    const found = this.sent.filter((m) => m.event === event);
    this.sent = this.sent.filter((m) => m.event !== event);
    return found;
  }
  /** Answers the request that was sent last. */
  async answer(event, fields = {}) {
    const [{ arg, done }] = this.take(event);
    done(null, fields.code && !fields.ok ? { ok: false, message: "", ...fields } : { ok: true, ...fields });
    await new Promise(setImmediate);
    return arg;
  }
  connect() {
    this.connected = true;
    this.dispatch("connect");
  }
  lose(reason = "transport close") {
    this.connected = false;
    for (const { done } of this.sent.splice(0)) done?.(new Error("socket has been disconnected"));
    this.dispatch("disconnect", reason);
  }
}
