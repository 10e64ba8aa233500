// What a browser remembers for us; private windows may refuse to.

/** The token of this tab's seat: a page that is loaded again finds its place. */
export const seatStore = {
  get() {
    try { return sessionStorage.getItem("tickwire.seat") ?? ""; } catch { return ""; }
  },
  set(token) {
    try { sessionStorage.setItem("tickwire.seat", token); } catch { /* the seat then lasts as long as the page */ }
  },
};

/** Remembered on this device. */
export const store = {
  get(key) {
    try { return localStorage.getItem("tickwire." + key) ?? ""; } catch { return ""; }
  },
  set(key, value) {
    try { localStorage.setItem("tickwire." + key, value); } catch { /* a convenience only */ }
  },
};
