import * as officialJSON from "socket.io-parser";
import officialMsgpack from "socket.io-msgpack-parser";
import * as json from "../../socket/json.js";
import * as msgpack from "../../socket/msgpack.js";

const PARSERS = {
  official: { json: officialJSON, msgpack: officialMsgpack },
  light: { json, msgpack },
};

/** Bytes that an event with acknowledgement takes in the transport's unit. */
export function encodedSize({ peer, parser, link }, data) {
  const packet = { type: 2, nsp: "/", id: 0, data, ...(peer === "official" && { options: { compress: true } }) };
  const [message] = new (PARSERS[peer][parser].Encoder)().encode(packet);
  if (typeof message === "string") return 1 + Buffer.byteLength(message);
  return link === "polling" ? 1 + 4 * Math.ceil(message.length / 3) : message.length;
}
