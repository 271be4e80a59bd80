/** What Rond stores, why, for how long, and who may see it: in plain words. */

import { t } from "../../i18n";
import { Section } from "../../ui/parts";
import { Screen } from "../../ui/screen";
import { useApp } from "../context";

const PARTS = ["what", "position", "photos", "text", "who", "phone", "how_long", "rights"] as const;

export function AboutScreen() {
  const { platform } = useApp();
  return (
    <Screen name="about" title={t("about.title")} back={{ href: "#/settings", label: t("nav.back") }}>
      {PARTS.map((part) => (
        <Section key={part} title={t(`about.${part}_title`)}>
          <p>{t(`about.${part}`)}</p>
        </Section>
      ))}
      <p class="soft">{t("about.version", { version: platform.version })}</p>
    </Screen>
  );
}
