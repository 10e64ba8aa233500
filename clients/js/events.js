// A small event emitter. Every object of this client that can be listened to
// extends it.

/** @typedef {(...args: any[]) => void} Listener */

/**
 * Calls fn. What it throws surfaces as an uncaught error, as with a DOM event:
 * a faulty listener must neither stop the other listeners nor end a connection.
 * @param {Listener} fn
 * @param {any} self
 * @param {any[]} args
 */
export function call(fn, self, args) {
  try {
    fn.apply(self, args);
  } catch (err) {
    report(err);
  }
}

/** @param {unknown} err */
function report(err) {
  if (globalThis.reportError) globalThis.reportError(err);
  else {
    queueMicrotask(() => {
      throw err;
    });
  }
}

/**
 * @template {object} [E=Record<string, any[]>] arguments by event
 */
export class Emitter {
  /** @type {Map<string, Listener[]>} */
  #listeners = new Map();
  /** @type {WeakMap<Listener, Listener>} wrapper of once() → what the caller passed */
  #wrapped = new WeakMap();

  /**
   * @template {keyof E & string} K
   * @param {K} event
   * @param {(...args: E[K] extends any[] ? E[K] : never) => void} fn
   * @returns {this}
   */
  on(event, fn) {
    const list = this.#listeners.get(event);
    // Copy on write: dispatch iterates over the array that it has read.
    this.#listeners.set(event, list ? [...list, fn] : [fn]);
    return this;
  }

  /**
   * @template {keyof E & string} K
   * @param {K} event
   * @param {(...args: E[K] extends any[] ? E[K] : never) => void} fn
   * @returns {this}
   */
  once(event, fn) {
    /** @type {Listener} */
    const wrapper = (...args) => {
      this.off(event, wrapper);
      fn.apply(this, /** @type {any} */ (args));
    };
    this.#wrapped.set(wrapper, fn);
    return this.on(event, wrapper);
  }

  /**
   * Removes one listener, all listeners of an event, or all.
   * @param {string} [event]
   * @param {Listener} [fn]
   * @returns {this}
   */
  off(event, fn) {
    if (event === undefined) {
      this.#listeners.clear();
    } else if (fn === undefined) {
      this.#listeners.delete(event);
    } else {
      const list = this.listenersOf(event);
      const i = list.findIndex((l) => l === fn || this.#wrapped.get(l) === fn);
      if (i >= 0) this.#listeners.set(event, list.filter((_, j) => j !== i));
    }
    return this;
  }

  /**
   * @param {string} event
   * @returns {Listener[]}
   */
  listeners(event) {
    return this.listenersOf(event).map((l) => this.#wrapped.get(l) ?? l);
  }

  /**
   * @param {string} event
   * @returns {boolean}
   */
  hasListeners(event) {
    return this.listenersOf(event).length > 0;
  }

  /**
   * Calls the listeners of this object. Named so because emit() of a Socket
   * sends to the server.
   * @protected
   * @param {string} event
   * @param {any[]} args
   */
  dispatch(event, ...args) {
    for (const fn of this.listenersOf(event)) call(fn, this, args);
  }

  /**
   * @private
   * @param {string} event
   * @returns {Listener[]}
   */
  listenersOf(event) {
    return this.#listeners.get(event) ?? [];
  }

  /** @param {string} event @param {Listener} [fn] */
  removeListener(event, fn) {
    return this.off(event, fn);
  }

  /** @param {string} [event] */
  removeAllListeners(event) {
    return this.off(event);
  }
}
