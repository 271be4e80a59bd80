/** What a label stands for: the place, known without position or network, and what is seen there. */

import { checkedJustNow, type Found, findLabel } from "../../domain/anchors";
import { grouped, LABEL_CHARS, readCode } from "../../domain/codes";
import type { Uuid } from "../../domain/types";
import { t } from "../../i18n";
import { Button, LinkButton } from "../../ui/button";
import { Notice } from "../../ui/parts";
import { Screen } from "../../ui/screen";
import { useAttempt } from "../attempt";
import { useApp, useSession } from "../context";
import "./anchor.css";
import { saveCalm } from "../observe/record";
import { usePlaceClock } from "../places/place_clock";
import { LogButtons } from "../round/log_buttons";
import { placeLine } from "../words";

export function AnchorScreen({ token }: { token: string }) {
  const { rows } = useSession().source.value;
  const code = readCode(token, LABEL_CHARS);
  const found: Found = code === null ? { state: "unknown" } : findLabel(rows, code);
  if (found.state === "known") return <KnownPlace place={found.place} how={found.kind} />;
  return <NoPlace found={found} code={code ?? token} />;
}

function KnownPlace({ place, how }: { place: Uuid; how: "qr" | "nfc" }) {
  const app = useApp();
  const session = useSession();
  const attempt = useAttempt();
  const clock = usePlaceClock(place);
  const name = placeLine(session.source.value.rows, place, null);
  const before = checkedJustNow(session.picture.value.records, place, app.now.value);
  const check = () =>
    attempt(async () => {
      await saveCalm(session, place, how);
      app.go("#/round", true);
      app.say({ text: t("saved.calm", { place: name }) });
    });
  const log = (hash: string) => {
    session.chosenPlace.value = place;
    app.go(hash);
  };
  return (
    <Screen
      name="anchor"
      title={name}
      lead={clock}
      back={{ href: "#/round", label: t("nav.back_to_round") }}
      thumb={
        <>
          {before === null ? (
            <Button kind="calm" icon="calm" big onPress={check} testid="anchor-calm">
              {t("log.calm")}
            </Button>
          ) : (
            <Button icon="calm" big onPress={check} testid="anchor-calm-again">
              {t("anchor.calm_again")}
            </Button>
          )}
          <div class="log-row log-row-two">
            <Button kind="watch" icon="eye" stacked onPress={() => log("#/observe")} testid="anchor-observe">
              {t("log.observation")}
            </Button>
            <Button kind="damage" icon="alert" stacked onPress={() => log("#/damage")} testid="anchor-damage">
              {t("log.damage")}
            </Button>
          </div>
        </>
      }
    >
      {before !== null && (
        <Notice tone="ok" icon="calm" title={t("anchor.just_checked")} testid="anchor-just-checked">
          <p>{t("anchor.just_checked_text")}</p>
        </Notice>
      )}
      <p class="soft">{t("anchor.known_by_label")}</p>
      <LinkButton icon="search" href="#/a" testid="anchor-next">
        {t("anchor.another")}
      </LinkButton>
    </Screen>
  );
}

/** A label that has ended, or that this phone does not know: it says so, and the place is chosen by hand. */
function NoPlace({ found, code }: { found: Exclude<Found, { state: "known" }>; code: string }) {
  const { rows } = useSession().source.value;
  const place = found.state === "ended" ? found.place : null;
  return (
    <Screen
      name="anchor-unknown"
      title={t(found.state === "ended" ? "anchor.ended_title" : "anchor.unknown_title")}
      lead={t("anchor.code", { code: code.length === LABEL_CHARS ? grouped(code) : code })}
      back={{ href: "#/round", label: t("nav.back_to_round") }}
      thumb={<LogButtons />}
    >
      <Notice tone="warn" icon="alert" testid="anchor-no-place">
        <p>
          {found.state === "unknown"
            ? t("anchor.unknown_text")
            : place === null
              ? t("anchor.place_ended")
              : t("anchor.ended_text", { place: placeLine(rows, place, null) })}
        </p>
      </Notice>
      <LinkButton icon="search" href="#/a">
        {t("anchor.another")}
      </LinkButton>
    </Screen>
  );
}
