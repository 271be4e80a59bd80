/** The shell: what stands over and under every screen, and which screen is in view. */

import type { ReadonlySignal } from "@preact/signals";
import { Component, type ComponentChildren } from "preact";
import { type App, AppContext, type Toast, useApp } from "../features/context";
import { IosBar } from "../features/install/install_banner";
import { t } from "../i18n";
import { Button, LinkButton } from "../ui/button";
import { Screen } from "../ui/screen";
import { LostPhotoNotice } from "./lost_photo_notice";
import type { Route, Router } from "./router";
import { hostScreen, openScreen } from "./screens";
import { VanishedNotice } from "./vanished_notice";

interface RootProps {
  app: App;
  router: Router;
  toast: ReadonlySignal<Toast | null>;
  onToastDone: () => void;
}

export function Root({ app, router, toast, onToastDone }: RootProps) {
  const route = router.route.value;
  return (
    <AppContext.Provider value={app}>
      <StorageBar />
      <SyncBar />
      {app.session.value !== null && route[0] !== "install" && <IosBar />}
      <VanishedNotice />
      <LostPhotoNotice />
      <Fence key={route.join("/")}>
        <View route={route} />
      </Fence>
      <ToastHost toast={toast} onDone={onToastDone} />
    </AppContext.Provider>
  );
}

function View({ route }: { route: Route }) {
  const { session } = useApp();
  if (session.value === null) return openScreen(route) ?? openScreen(["sign-in"]);
  return openScreen(route) ?? hostScreen(route);
}

/** The browser's storage has given up: nothing may be relied on before a reload. */
function StorageBar() {
  const { platform } = useApp();
  if (!platform.isStorageBroken.value) return null;
  return (
    <div class="bar bar-bad" role="alert" data-testid="storage-broken">
      <span>{t("storage.broken")}</span>
      <Button kind="danger" onPress={() => location.reload()}>
        {t("storage.reload")}
      </Button>
    </div>
  );
}

/** Sending waits for something the host can do; nothing else waits. */
function SyncBar() {
  const { session, sync } = useApp();
  const { state } = sync.value;
  if (session.value === null || !(state === "signed_out" || state === "revoked" || state === "needs_update"))
    return null;
  const login = session.value.store.entry.login;
  return (
    <aside class="bar bar-bad" aria-label={t("outbox.title")} data-testid="sync-bar" data-state={state}>
      <span>{t(`outbox.state.${state}`)}</span>
      {state === "signed_out" && (
        <LinkButton kind="danger" href={`#/sign-in/${encodeURIComponent(login)}`}>
          {t("sign_in.submit")}
        </LinkButton>
      )}
    </aside>
  );
}

function ToastHost({ toast, onDone }: { toast: ReadonlySignal<Toast | null>; onDone: () => void }) {
  const shown = toast.value;
  return (
    <div class="toast" role="status">
      {shown && (
        <div class={`toast-face toast-${shown.tone ?? "ok"}`}>
          <span data-testid="saved-status">{shown.text}</span>
          {shown.action && <ToastAction action={shown.action} onDone={onDone} />}
        </div>
      )}
    </div>
  );
}

function ToastAction({ action, onDone }: { action: NonNullable<Toast["action"]>; onDone: () => void }) {
  const app = useApp();
  const run = () => {
    onDone();
    action.run().catch(() => app.say({ text: t("storage.not_saved"), tone: "bad" }));
  };
  return (
    <Button onPress={run} testid={action.testid ?? "toast-action"}>
      {action.label}
    </Button>
  );
}

/** A screen that fails does not take the app with it. */
class Fence extends Component<{ children: ComponentChildren }, { hasFailed: boolean }> {
  override state = { hasFailed: false };

  override componentDidCatch(fault: unknown): void {
    // For whoever looks into it; the host is told in words.
    reportError(fault);
    this.setState({ hasFailed: true });
  }

  override render() {
    if (!this.state.hasFailed) return this.props.children;
    return (
      <Screen name="failed" title={t("app.failed")}>
        <Button kind="primary" big onPress={() => location.reload()}>
          {t("storage.reload")}
        </Button>
      </Screen>
    );
  }
}
