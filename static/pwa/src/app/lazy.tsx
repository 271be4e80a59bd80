/** Screens whose script is fetched when it is first needed. */

import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { t } from "../i18n";
import { LinkButton } from "../ui/button";
import { Spinner } from "../ui/parts";
import { Screen } from "../ui/screen";

export interface Part<Module> {
  /** Fetch the part before it is needed; where that fails, it is tried again when it is. */
  preload(): void;
  /** A screen of the part; where its script is not on the phone, it says so and offers the first screen. */
  screen<Props extends object>(pick: (module: Module) => ComponentType<Props>): ComponentType<Props>;
}

/** Screens that come in one script. */
export function part<Module>(load: () => Promise<Module>): Part<Module> {
  let loaded: Module | null = null;
  const fetchPart = async () => {
    loaded ??= await load();
  };
  return {
    preload: () => void fetchPart().catch(() => undefined),
    screen: (pick) =>
      function Lazy(props) {
        const [isMissing, setMissing] = useState(false);
        const [, setReady] = useState(loaded !== null);
        useEffect(() => {
          fetchPart().then(
            () => setReady(true),
            () => setMissing(true),
          );
        }, []);
        if (loaded !== null) {
          const Loaded = pick(loaded);
          return <Loaded {...props} />;
        }
        return isMissing ? <Missing /> : <Spinner label={t("app.loading")} />;
      },
  };
}

function Missing() {
  return (
    <Screen name="missing" title={t("app.part_missing")}>
      <LinkButton kind="primary" big href="#/">
        {t("nav.tonight")}
      </LinkButton>
    </Screen>
  );
}
