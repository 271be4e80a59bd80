/** When sending does not work: what is unsent to a file, and the log for whoever helps. */

import { t } from "../../i18n";
import { readLog } from "../../store/log";
import { Button } from "../../ui/button";
import { Section } from "../../ui/parts";
import { useAttempt } from "../attempt";
import { useApp, useSession } from "../context";

export function WayOut() {
  const { platform, say } = useApp();
  const { store } = useSession();
  const attempt = useAttempt();
  const saveUnsent = () =>
    attempt(async () => {
      await hand(await store.unsentFile(platform.version), `rond-${store.device.slice(-6)}.rond`);
      say({ text: t("way_out.saved") });
    });
  const saveLog = () =>
    attempt(() => hand(new Blob([`${readLog().join("\n")}\n`], { type: "text/plain" }), "rond-logg.txt"));
  return (
    <Section title={t("way_out.title")}>
      <p>{t("way_out.text")}</p>
      <div class="stack">
        <Button icon="outbox" onPress={saveUnsent} testid="save-unsent">
          {t("way_out.save")}
        </Button>
        <Button kind="quiet" onPress={saveLog} testid="save-log">
          {t("way_out.log")}
        </Button>
      </div>
    </Section>
  );
}

/** Hand a file to the phone: to share where it can, else as a download. */
async function hand(content: Blob, name: string): Promise<void> {
  const file = new File([content], name, { type: content.type });
  if (navigator.canShare?.({ files: [file] })) {
    try {
      await navigator.share({ files: [file] });
      return;
    } catch (fault) {
      if (fault instanceof DOMException && fault.name === "AbortError") return;
    }
  }
  const address = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
