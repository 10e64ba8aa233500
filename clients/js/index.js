// The public face of the JavaScript client. It is served as it lies here, under /sdk/.

export { io } from "./socket/io.js";
export { Manager } from "./socket/manager.js";
export { Socket } from "./socket/socket.js";
