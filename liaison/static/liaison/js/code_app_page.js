// /me/code-app/: the secret of the new app as a picture to scan, drawn here so that it goes to no image service.

import { part } from "liaison/dom.js";
import { t } from "liaison/i18n.js";
import { qr } from "liaison/qr.js";

const root = document.querySelector("[data-code-app]");
part(root, "qr").replaceChildren(qr(root.dataset.otpauth, t("Code to scan with the code app")));
