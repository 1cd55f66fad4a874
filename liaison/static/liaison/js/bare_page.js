// Pages without the shell: signing in, joining, unlocking.

import { startShell } from "liaison/shell.js";

startShell();
