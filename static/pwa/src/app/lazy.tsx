/** A screen whose script is fetched when it is first opened. */

import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { t } from "../i18n";
import { LinkButton } from "../ui/button";
import { Spinner } from "../ui/parts";
import { Screen } from "../ui/screen";

/** Return a component that loads itself; where its script is not on the phone, it says so and offers the first screen. */
export function lazy<Props extends object>(load: () => Promise<ComponentType<Props>>): ComponentType<Props> {
  let Loaded: ComponentType<Props> | null = null;
  return function Lazy(props: Props) {
    const [state, setState] = useState<"loading" | "ready" | "missing">(Loaded === null ? "loading" : "ready");
    useEffect(() => {
      if (Loaded !== null) return;
      load().then(
        (component) => {
          Loaded = component;
          setState("ready");
        },
        () => setState("missing"),
      );
    }, []);
    if (Loaded !== null && state !== "missing") return <Loaded {...props} />;
    if (state === "loading") return <Spinner label={t("app.loading")} />;
    return (
      <Screen name="missing" title={t("app.part_missing")}>
        <LinkButton kind="primary" big href="#/">
          {t("nav.tonight")}
        </LinkButton>
      </Screen>
    );
  };
}
