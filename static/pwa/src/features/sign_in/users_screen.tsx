/** Everybody who has used this phone: take over from one another without losing anything. */

import { useEffect, useState } from "preact/hooks";
import { t } from "../../i18n";
import { inBackground } from "../../store/trouble";
import { LinkButton } from "../../ui/button";
import { RowButton, Spinner } from "../../ui/parts";
import { Screen } from "../../ui/screen";
import { useAttempt } from "../attempt";
import { type KnownUser, useApp } from "../context";

export function UsersScreen() {
  const app = useApp();
  const attempt = useAttempt();
  const [users, setUsers] = useState<readonly KnownUser[] | null>(null);
  useEffect(() => {
    inBackground(app.account.users().then(setUsers));
  }, [app]);
  const current = app.session.value?.store.device;
  const choose = (user: KnownUser) =>
    attempt(async () => {
      if (!user.is_signed_in) return app.go(`#/sign-in/${encodeURIComponent(user.login)}`);
      await app.account.switchTo(user);
      app.go("#/", true);
    });
  return (
    <Screen
      name="users"
      title={t("users.title")}
      back={{ href: current === undefined ? "#/sign-in" : "#/settings", label: t("nav.back") }}
      thumb={
        <LinkButton kind="primary" icon="plus" big href="#/sign-in" testid="users-other">
          {t("users.other")}
        </LinkButton>
      }
    >
      <p>{t("users.lead")}</p>
      {users === null ? (
        <Spinner label={t("users.reading")} />
      ) : (
        <div class="rows">
          {users.map((user) => (
            <RowButton
              key={user.device}
              icon="user"
              title={user.name || user.login}
              detail={describe(user)}
              chosen={user.device === current}
              onPress={() => choose(user)}
              testid="user"
              id={user.device}
            />
          ))}
        </div>
      )}
      {users?.length === 0 && <p>{t("users.none")}</p>}
    </Screen>
  );
}

function describe(user: KnownUser): string {
  const unsent =
    user.unsent === null
      ? t("users.unsent_unknown")
      : user.unsent === 0
        ? t("chip.all_sent")
        : t("chip.unsent", { count: user.unsent });
  return `${unsent} · ${t(user.is_signed_in ? "users.signed_in" : "users.needs_password")}`;
}
