/** Inställningar: language, colours, account, and what the app is. */

import type { Language } from "../../domain/types";
import { language, t } from "../../i18n";
import { Choice } from "../../ui/field";
import { RowLink } from "../../ui/parts";
import { Screen } from "../../ui/screen";
import { type Theme, useApp, useSession } from "../context";
import { UpdateNotice } from "./update_notice";

const LANGUAGES: readonly { value: Language; label: string; testid: string }[] = [
  { value: "sv", label: "Svenska", testid: "language-sv" },
  { value: "en", label: "English", testid: "language-en" },
];
const THEMES: readonly Theme[] = ["auto", "dark", "light", "sun"];

export function SettingsScreen() {
  const app = useApp();
  const session = useSession();
  return (
    <Screen
      name="settings"
      title={t("settings.title")}
      lead={session.profile.value?.user.name}
      back={{ href: "#/", label: t("nav.back") }}
    >
      <UpdateNotice />
      <Choice
        legend={t("settings.language")}
        name="language"
        options={LANGUAGES}
        value={language()}
        onChange={(wanted) => void app.setLanguage(wanted)}
      />
      <Choice
        legend={t("settings.theme")}
        name="theme"
        layout="pairs"
        options={THEMES.map((theme) => ({ value: theme, label: t(`theme.${theme}`), testid: `theme-${theme}` }))}
        value={app.theme.value}
        onChange={app.setTheme}
      />
      <div class="rows">
        <RowLink icon="outbox" title={t("outbox.title")} href="#/outbox" testid="outbox-row" />
        <RowLink icon="lock" title={t("password.title")} href="#/settings/password" testid="password-link" />
        <RowLink icon="user" title={t("users.title")} href="#/users" testid="users-link" />
        <RowLink icon="install" title={t("install.title")} href="#/install" testid="install-link" />
        <RowLink icon="file" title={t("about.title")} href="#/settings/about" testid="about-link" />
        <RowLink icon="leave" title={t("sign_out.title")} href="#/settings/sign-out" testid="sign-out-link" />
      </div>
      <p class="soft" data-testid="app-version">
        {t("about.version", { version: app.platform.version })}
      </p>
    </Screen>
  );
}
