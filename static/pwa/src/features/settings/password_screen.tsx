/** Changing one's own password. Needs the network. */

import { useState } from "preact/hooks";
import { t } from "../../i18n";
import { Button } from "../../ui/button";
import { Screen } from "../../ui/screen";
import { useApp } from "../context";
import { Fault, PasswordField, useSubmit } from "../sign_in/sign_in_screen";

const LENGTH_MIN = 10;

export function PasswordScreen() {
  const app = useApp();
  const [password, setPassword] = useState("");
  const [wanted, setWanted] = useState("");
  const isShort = wanted !== "" && [...wanted].length < LENGTH_MIN;
  const { fault, isBusy, submit } = useSubmit(async () => {
    const outcome = await app.account.changePassword(password, wanted);
    if (outcome === null) {
      app.back("#/settings");
      app.say({ text: t("password.changed") });
    }
    return outcome;
  });
  return (
    <Screen name="password" title={t("password.title")} back={{ href: "#/settings", label: t("nav.back") }}>
      <form class="stack" onSubmit={submit}>
        <Fault code={fault} />
        <PasswordField label={t("password.old")} value={password} onInput={setPassword} testid="password-old" />
        <PasswordField
          label={t("sign_in.new_password")}
          hint={t("password.rule", { count: LENGTH_MIN })}
          error={isShort ? t("password.too_short", { count: LENGTH_MIN }) : undefined}
          value={wanted}
          onInput={setWanted}
          isNew
          testid="password-new"
        />
        <Button kind="primary" big submit disabled={isBusy || isShort} testid="password-submit">
          {t("password.change")}
        </Button>
      </form>
    </Screen>
  );
}
