/** Where the app starts. */

import "./ui/tokens.css";
import "./ui/base.css";
import "./ui/layout.css";
import "./ui/controls.css";
import "./ui/parts.css";
import "../../shared/style/tones.css";
import "./features/features.css";
import "./features/install/install.css";
import "./ui/forced.css";
import { boot } from "./app/boot";
import { showFailure } from "./app/failure";
import { APP_VERSION } from "./sync/version";

const place = document.getElementById("app");
if (place !== null) boot(place, APP_VERSION).catch((fault: unknown) => showFailure(place, fault));
