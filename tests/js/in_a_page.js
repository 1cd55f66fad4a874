// What tests/browser/test_the_protocol_in_chromium.py calls inside its page.
export { forceFallback, kemSource } from "../../sealed/js/suite.js";
export { runAttacks, runVectors } from "./run_vectors.js";
