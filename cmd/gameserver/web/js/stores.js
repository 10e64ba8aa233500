// What a browser remembers for us; private windows may refuse to.

/** Of this tab: a page that is loaded again finds its places. */
const token = (key) => ({
  get() {
    try { return sessionStorage.getItem(key) ?? ""; } catch { return ""; }
  },
  set(value) {
    try { sessionStorage.setItem(key, value); } catch { /* the place then lasts as long as the page */ }
  },
});
export const seatStore = token("tickwire.seat");
export const partyStore = token("tickwire.party");

/** Remembered on this device. */
export const store = {
  get(key) {
    try { return localStorage.getItem("tickwire." + key) ?? ""; } catch { return ""; }
  },
  set(key, value) {
    try { localStorage.setItem("tickwire." + key, value); } catch { /* a convenience only */ }
  },
};
