/** How to put the app on the home screen, drawn for iOS and for Android. */

import type { ComponentChildren } from "preact";
import { t } from "../../i18n";
import { Button } from "../../ui/button";
import { Icon, type IconName } from "../../ui/icon";
import { Notice, Section } from "../../ui/parts";
import { Screen } from "../../ui/screen";
import { useApp } from "../context";

export function InstallScreen() {
  const { platform } = useApp();
  const install = platform.install.value;
  return (
    <Screen name="install" title={t("install.title")} back={{ href: "#/", label: t("nav.back") }}>
      {platform.isInstalled.value ? (
        <Notice tone="ok" icon="calm" title={t("install.done")} />
      ) : (
        <p>{t("install.why")}</p>
      )}
      {install !== null && (
        <Button kind="primary" icon="install" big onPress={() => void install()} testid="install">
          {t("install.now")}
        </Button>
      )}
      {platform.isIos
        ? [<IosGuide key="ios" />, <AndroidGuide key="android" />]
        : [<AndroidGuide key="android" />, <IosGuide key="ios" />]}
      <p class="soft">{t("install.before_sign_in")}</p>
    </Screen>
  );
}

function IosGuide() {
  return (
    <Section title={t("install.ios_title")} testid="install-ios">
      <ol class="guide">
        <Step icon="share" picture={<SafariBar />}>
          {t("install.ios_share")}
        </Step>
        <Step icon="plus" picture={<ShareSheet />}>
          {t("install.ios_add")}
        </Step>
        <Step icon="calm" picture={<HomeScreen />}>
          {t("install.ios_open")}
        </Step>
      </ol>
    </Section>
  );
}

function AndroidGuide() {
  return (
    <Section title={t("install.android_title")} testid="install-android">
      <ol class="guide">
        <Step icon="list" picture={<ChromeMenu />}>
          {t("install.android_menu")}
        </Step>
        <Step icon="install" picture={<HomeScreen />}>
          {t("install.android_add")}
        </Step>
      </ol>
    </Section>
  );
}

function Step({ icon, picture, children }: { icon: IconName; picture: ComponentChildren; children: string }) {
  return (
    <li class="guide-step">
      <svg class="guide-picture" viewBox="0 0 90 120" aria-hidden="true" focusable="false">
        <rect class="guide-phone" x="3" y="3" width="84" height="114" rx="10" />
        {picture}
      </svg>
      <span class="guide-text">
        <Icon name={icon} /> {children}
      </span>
    </li>
  );
}

/* The drawings: a phone of 90 × 120 with the thing to press in the accent colour. */

function SafariBar() {
  return (
    <>
      <path class="guide-line" d="M3 96h84M14 20h62M14 30h62M14 40h40" />
      <path class="guide-mark" d="M45 111V100M41 103.5 45 99.5 49 103.5M40 106H38v8h14v-8h-2" />
    </>
  );
}

function ShareSheet() {
  return (
    <>
      <path class="guide-line" d="M3 48h84M14 60h44M14 102h44" />
      <rect class="guide-box" x="9" y="70" width="72" height="20" rx="4" />
      <path class="guide-mark" d="M15 80h38M72 75.5v9M67.5 80h9" />
    </>
  );
}

function ChromeMenu() {
  return (
    <>
      <path class="guide-line" d="M3 24h84M12 14h50" />
      <path class="guide-mark" d="M77 9v.4M77 14v.4M77 19v.4" />
      <rect class="guide-box" x="30" y="30" width="50" height="64" rx="4" />
      <path class="guide-line" d="M37 42h32M37 54h32M37 82h32" />
      <path class="guide-mark" d="M37 68h32" />
    </>
  );
}

function HomeScreen() {
  return (
    <>
      <rect class="guide-box" x="14" y="20" width="16" height="16" rx="4" />
      <rect class="guide-box" x="37" y="20" width="16" height="16" rx="4" />
      <rect class="guide-box" x="60" y="20" width="16" height="16" rx="4" />
      <rect class="guide-app" x="14" y="46" width="16" height="16" rx="4" />
      <path class="guide-mark" d="M26.6 51.5a5 5 0 1 0 .3 4.5" />
    </>
  );
}
