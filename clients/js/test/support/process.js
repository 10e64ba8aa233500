// Servers as child processes.
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

const root = new URL("../../../../", import.meta.url).pathname;

/** Children that still run end with this process, whatever becomes of a test. */
const children = new Set();
process.on("exit", () => children.forEach((c) => c.kill("SIGKILL")));

/** Without what names the binaries of these tests: a server refuses settings that it does not know. */
const { TICKWIRE_GAMESERVER, TICKWIRE_CLUB, TICKWIRE_ACCEPTANCE, ...env } = process.env;

function launch(command, args, stderr) {
  const child = spawn(command, args, { cwd: root, env, stdio: ["ignore", "inherit", stderr] });
  children.add(child);
  child.once("exit", () => children.delete(child));
  child.unref();
  return child;
}

const built = new Map();

/** Builds a Go command of this repository, once; returns the path of the binary. */
export function goBuild(pkg) {
  if (!built.has(pkg)) built.set(pkg, build(pkg));
  return built.get(pkg);
}

function build(pkg) {
  const dir = mkdtempSync(join(tmpdir(), "tickwire-js-"));
  process.on("exit", () => rmSync(dir, { recursive: true, force: true }));
  const binary = join(dir, "server");
  const { status, stderr } = spawnSync("go", ["build", "-o", binary, pkg], { cwd: root, encoding: "utf8" });
  if (status !== 0) throw new Error(`go build ${pkg}: ${stderr}`);
  return binary;
}

/** The demo server on a free port. */
export const startGameServer = (...flags) => startPage(process.env.TICKWIRE_GAMESERVER ?? goBuild("./cmd/gameserver"), flags);

/** The demo page with the games of test/support/club. */
export const startClub = (...flags) => startPage(process.env.TICKWIRE_CLUB ?? goBuild("./clients/js/test/support/club"), flags);

async function startPage(binary, flags) {
  const child = launch(binary, ["--addr", "127.0.0.1:0", ...flags], "pipe");
  let ops; // the operator's listener, which is told first
  const url = await new Promise((resolve, reject) => {
    child.once("exit", (code) => reject(new Error(`the server ended: ${code}`)));
    createInterface(child.stderr).on("line", (line) => {
      const entry = parse(line);
      if (entry?.message === "operator's listener") ops = `http://${entry.addr}`;
      else if (entry?.message === "listening") resolve(`http://${entry.addr}`);
      else if (!entry || entry.level === "error") console.error(line);
    });
  });
  return { url, ops, child, stop: () => end(child) };
}

/** A server that is told its address and answers /healthz. */
export async function startOn(command, args, port) {
  const child = launch(command, [...args, `--listen=127.0.0.1:${port}`], "inherit");
  const url = `http://127.0.0.1:${port}`;
  let over = false;
  child.once("exit", () => (over = true));
  for (;;) {
    if (over) throw new Error(`${command} ended`);
    const up = await fetch(`${url}/healthz`).then((r) => r.ok, () => false);
    if (up) return { url, child, stop: () => end(child) };
    await new Promise((r) => setTimeout(r, 20));
  }
}

export async function freePort() {
  const server = createServer();
  await new Promise((r) => server.listen(0, "127.0.0.1", r));
  const { port } = server.address();
  await new Promise((r) => server.close(r));
  return port;
}

function parse(line) {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

async function end(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = new Promise((r) => child.once("exit", r));
  child.ref();
  child.kill("SIGCONT");
  child.kill("SIGTERM");
  await exited;
}
