/** Gå tillsammans: this phone's round as a QR code and as six characters, made here, for a colleague to read or type. */

import { useEffect, useState } from "preact/hooks";
import encodeQR from "qr";
import { grouped, joinCode } from "../../domain/codes";
import { leaveWalk } from "../../domain/round";
import type { RoundView } from "../../domain/types";
import { t } from "../../i18n";
import { Button, LinkButton } from "../../ui/button";
import { Screen } from "../../ui/screen";
import { useAttempt } from "../attempt";
import { useApp, useSession } from "../context";
import "../anchor/anchor.css";
import { Together } from "./together";

export function JoinScreen() {
  const round = useSession().picture.value.current_round;
  return (
    <Screen
      name="join"
      title={t("join.title")}
      lead={t(round === null ? "join.no_round" : "join.lead")}
      back={{ href: "#/round", label: t("nav.back_to_round") }}
    >
      {round === null ? (
        <LinkButton kind="primary" big href="#/">
          {t("nav.tonight")}
        </LinkButton>
      ) : (
        <OwnCode round={round} />
      )}
    </Screen>
  );
}

function OwnCode({ round }: { round: RoundView }) {
  const code = useJoinCode(round.id);
  return (
    <>
      <Together round={round} />
      <QrPicture text={`${location.origin}/pwa/#/j/${round.id}`} label={t("join.qr")} />
      {code !== null && (
        <p class="join-code" data-testid="join-code">
          {grouped(code)}
        </p>
      )}
      <LinkButton kind="primary" icon="camera" big href="#/a" testid="join-scan">
        {t("join.scan")}
      </LinkButton>
      {(round.phones > 1 || round.is_joining) && <Leave round={round} />}
    </>
  );
}

/** Whoever joined the wrong round leaves it with one tap, and may join again. */
function Leave({ round }: { round: RoundView }) {
  const app = useApp();
  const session = useSession();
  const attempt = useAttempt();
  const leave = () =>
    attempt(async () => {
      await session.store.saveRecord(leaveWalk(round.id));
      app.say({ text: t("join.left") });
    });
  return (
    <>
      <Button icon="leave" onPress={leave} testid="join-leave" describedBy="join-leave-says">
        {t("join.leave")}
      </Button>
      <p class="soft" id="join-leave-says">
        {t("join.leave_says")}
      </p>
    </>
  );
}

/** A round's code; null until it is worked out. */
export function useJoinCode(round: string): string | null {
  const [code, setCode] = useState<string | null>(null);
  useEffect(() => {
    void codeOf(round).then(setCode);
  }, [round]);
  return code;
}

export async function codeOf(round: string): Promise<string> {
  return joinCode(new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(round))));
}

/** Always dark on white, with its quiet zone: a reader must find it on a dark screen too. */
function QrPicture({ text, label }: { text: string; label: string }) {
  const rows = encodeQR(text, "raw", { ecc: "medium", border: 4 });
  const path = rows.flatMap((row, y) => row.map((isDark, x) => (isDark ? `M${x} ${y}h1v1h-1z` : ""))).join("");
  return (
    <svg class="qr" viewBox={`0 0 ${rows.length} ${rows.length}`} role="img" aria-label={label} data-testid="join-qr">
      <rect width={rows.length} height={rows.length} fill="#fff" />
      <path d={path} fill="#000" shape-rendering="crispEdges" />
    </svg>
  );
}
