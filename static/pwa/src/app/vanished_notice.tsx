/** Telling the host that the browser has erased what was stored. */

import { useEffect, useState } from "preact/hooks";
import type { DeviceEntry } from "../domain/types";
import { useApp } from "../features/context";
import { t } from "../i18n";
import { inBackground } from "../store/trouble";
import { Button } from "../ui/button";
import { Notice } from "../ui/parts";

export function VanishedNotice() {
  const { account } = useApp();
  const [vanished, setVanished] = useState<readonly DeviceEntry[]>([]);
  useEffect(() => {
    account.vanished().then(setVanished, () => undefined);
  }, [account]);
  const acknowledge = (device: string) => {
    setVanished(vanished.filter((entry) => entry.device !== device));
    inBackground(account.forgetVanished(device));
  };
  return (
    <>
      {vanished.map((entry) => (
        <Notice key={entry.device} tone="bad" icon="alert" urgent testid="vanished">
          <p>{t("storage.vanished", { name: entry.name || entry.login })}</p>
          <Button onPress={() => acknowledge(entry.device)}>{t("storage.vanished_ok")}</Button>
        </Notice>
      ))}
    </>
  );
}
