// The suite itself is right: official client, official server.
import { run } from "../suite/run.js";

run("official", "reference");
