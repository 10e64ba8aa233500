// Entry of dist/socket.io.js: the classic script with a global io(), as
// <script src="/socket.io/socket.io.js"></script> expects it.
import { io } from "./index.js";

/** @type {any} */ (globalThis).io = io;
