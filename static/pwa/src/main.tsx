/** Where the app starts. */

import "./ui/tokens.css";
import "./ui/base.css";
import "./ui/elements.css";
import "./features/features.css";
import { boot } from "./app/boot";
import { showFailure } from "./app/failure";
import { APP_VERSION } from "./sync/version";

const place = document.getElementById("app");
if (place !== null) boot(place, APP_VERSION).catch((fault: unknown) => showFailure(place, fault));
