const DEFAULTS = {
  listen: "127.0.0.1:3000",
  parser: "json",
  path: "/socket.io/",
  "add-trailing-slash": true,
  "ping-interval": 25000,
  "ping-timeout": 20000,
  "upgrade-timeout": 10000,
  "connect-timeout": 45000,
  "max-http-buffer-size": 1000000,
  transports: "polling,websocket",
  "allow-upgrades": true,
  "recovery-ms": 0,
  "recovery-skip-middlewares": true,
  "cleanup-empty-child-namespaces": false,
};

/** @param {string[]} args */
export function parseFlags(args) {
  const flags = { ...DEFAULTS };
  for (const arg of args) {
    const [, name, value] = /^--([^=]+)=(.*)$/s.exec(arg) ?? [];
    if (!(name in DEFAULTS)) {
      console.error(`unknown flag ${arg}`);
      process.exit(2);
    }
    flags[name] = { number: Number, boolean: (v) => v === "true", string: String }[typeof DEFAULTS[name]](value);
  }
  return flags;
}
