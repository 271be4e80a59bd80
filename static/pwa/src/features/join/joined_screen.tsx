/** A colleague's round was read or typed: one tap more, and the two are one walk. Works without network. */

import { useEffect, useState } from "preact/hooks";
import { type Read, readRound } from "../../domain/anchors";
import { grouped } from "../../domain/codes";
import { joinRound } from "../../domain/round";
import type { RoundView } from "../../domain/types";
import { t } from "../../i18n";
import { Button, LinkButton } from "../../ui/button";
import { Notice } from "../../ui/parts";
import { Screen } from "../../ui/screen";
import { useAttempt } from "../attempt";
import { useApp, useSession } from "../context";
import { codeOf } from "./join_screen";

export function JoinedScreen({ other }: { other: string }) {
  const round = useSession().picture.value.current_round;
  const read = readRound(other);
  return (
    <Screen name="joined" title={t("join.title")} back={{ href: "#/round", label: t("nav.back_to_round") }}>
      {round === null && <Problem text={t("join.start_first")} href="#/" label={t("nav.tonight")} />}
      {round !== null && read === null && <Problem text={t("scan.strange")} href="#/a" label={t("scan.read")} />}
      {round !== null && read !== null && <Confirm round={round} read={read} />}
    </Screen>
  );
}

function Confirm({ round, read }: { round: RoundView; read: Read }) {
  const app = useApp();
  const session = useSession();
  const attempt = useAttempt();
  const isOwn = useIsOwn(round, read);
  if (isOwn) return <Problem text={t("join.own")} href="#/a" label={t("scan.read")} />;
  const join = () =>
    attempt(async () => {
      if (read.what === "label") return;
      await session.store.saveRecord(
        joinRound(round.id, read.what === "round" ? { with: read.round } : { code: read.code }),
      );
      app.go("#/round", true);
      app.say({ text: t("join.saved") });
    });
  return (
    <>
      {read.what === "join" && <p class="join-code">{grouped(read.code)}</p>}
      <p>{t("join.confirm")}</p>
      <Button kind="primary" icon="user" big onPress={join} testid="join-confirm">
        {t("join.title")}
      </Button>
    </>
  );
}

/** Whether what was read is this phone's own round. */
function useIsOwn(round: RoundView, read: Read): boolean {
  const [code, setCode] = useState<string | null>(null);
  useEffect(() => {
    void codeOf(round.id).then(setCode);
  }, [round.id]);
  return read.what === "round" ? read.round === round.id : read.what === "join" && read.code === code;
}

function Problem({ text, href, label }: { text: string; href: string; label: string }) {
  return (
    <>
      <Notice tone="warn" icon="alert" testid="join-problem">
        <p>{text}</p>
      </Notice>
      <LinkButton kind="primary" big href={href}>
        {label}
      </LinkButton>
    </>
  );
}
