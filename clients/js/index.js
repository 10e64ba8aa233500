// The public face of the JavaScript client. It is served as it lies here, under /sdk/.

export { GameClient, GameError } from "./game/client.js";
export { ClockSync } from "./netcode/clock.js";
export { Interpolator } from "./netcode/interpolator.js";
export { Predictor } from "./netcode/predictor.js";
export { PlayHead } from "./netcode/playhead.js";
export { Playback } from "./replay/playback.js";
export { Recording } from "./replay/recording.js";
export { io } from "./socket/io.js";
export { Manager } from "./socket/manager.js";
export { Socket } from "./socket/socket.js";
export { crc } from "./state/crc.js";
export { Replica } from "./state/replica.js";
