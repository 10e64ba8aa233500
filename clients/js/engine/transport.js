// What the session and its transports agree on.

/** @typedef {import("./wire.js").Unit} Unit */

/**
 * Details of a close or an error.
 * @typedef {{ description: string, context?: unknown }} CloseDetails
 */

/**
 * Receives what happens on a transport. A transport whose sink is null is
 * muted: what still arrives is nobody's business.
 * @typedef {object} Sink
 * @property {() => void} onOpen the transport can be written to
 * @property {(unit: Unit) => void} onUnit
 * @property {() => void} onDrain what was given to send() has left
 * @property {(err: Error) => void} onError
 * @property {(details: CloseDetails) => void} onClose the peer closed
 */

/**
 * @typedef {object} TransportOptions
 * @property {(transport: "polling" | "websocket") => string} url address of the next request
 * @property {typeof WebSocket} [WebSocket] implementation, for Node without a global one
 * @property {typeof fetch} [fetch]
 * @property {string | string[]} [protocols] WebSocket subprotocols
 * @property {Record<string, string>} [extraHeaders] not possible on a browser's WebSocket
 * @property {boolean} [withCredentials] send cookies to another origin
 * @property {number} [requestTimeout] of one POST, ms; default none
 */

/**
 * @typedef {object} Transport
 * @property {string} name
 * @property {boolean} writable whether send() may be called
 * @property {boolean} idle whether what is sent now would leave at once
 * @property {boolean} busy whether something given to send() is still on its way
 * @property {Sink | null} sink
 * @property {() => void} open
 * @property {(units: Unit[]) => void} send
 * @property {(done: () => void) => void} pause stops reading and calls done when nothing is under way
 * @property {() => void} resume after a pause that led to nothing
 * @property {() => void} close
 */

export {};
