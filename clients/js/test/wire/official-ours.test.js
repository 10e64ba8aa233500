import { run } from "../suite/run.js";

run("official", "ours");
