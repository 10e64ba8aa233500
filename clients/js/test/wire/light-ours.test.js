import { run } from "../suite/run.js";

run("light", "ours");
