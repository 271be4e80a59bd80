/** Saving from a tap: once at a time, and never silently in vain. */

import { useRef } from "preact/hooks";
import { t } from "../i18n";
import { StorageTrouble } from "../store/store";
import { useApp } from "./context";

/** Return a runner that ignores taps while one is being served and says so when the phone could not save. */
export function useAttempt(): (work: () => Promise<void>) => void {
  const app = useApp();
  const isBusy = useRef(false);
  return (work) => {
    if (isBusy.current) return;
    isBusy.current = true;
    work()
      .catch((fault: unknown) => {
        app.say({ text: t("storage.not_saved"), tone: "bad" });
        if (!(fault instanceof StorageTrouble)) throw fault;
      })
      .finally(() => {
        isBusy.current = false;
      });
  };
}
