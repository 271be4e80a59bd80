/** Signing in: login and password, or a one-time code and a password of one's own. */

import { useEffect, useState } from "preact/hooks";
import type { Language } from "../../domain/types";
import { language, t } from "../../i18n";
import { Button, LinkButton } from "../../ui/button";
import { TextField } from "../../ui/field";
import { Icon } from "../../ui/icon";
import { Notice } from "../../ui/parts";
import { Screen } from "../../ui/screen";
import { type App, useApp } from "../context";
import { IosBar } from "../install/install_banner";
import { known } from "../words";

type Way = "password" | "code" | "forgotten";
const PASSWORD_LENGTH_MIN = 10;

export function SignInScreen({ login: suggested }: { login: string }) {
  const [way, setWay] = useState<Way>("password");
  const [login, setLogin] = useState(suggested);
  const [code, setCode] = useState("");
  return (
    <Screen
      name="sign-in"
      title={way === "code" ? t("sign_in.first_title") : t("sign_in.title")}
      chip={<LanguageSwitch />}
    >
      <IosBar />
      {way === "password" && <PasswordForm login={login} onLogin={setLogin} onWay={setWay} onCode={setCode} />}
      {way === "code" && <CodeForm login={login} onLogin={setLogin} onWay={setWay} code={code} onCode={setCode} />}
      {way === "forgotten" && <Forgotten onWay={setWay} />}
      <UsersLink />
    </Screen>
  );
}

interface FormProps {
  login: string;
  onLogin: (login: string) => void;
  onWay: (way: Way) => void;
  onCode: (code: string) => void;
}

function PasswordForm({ login, onLogin, onWay, onCode }: FormProps) {
  const app = useApp();
  const [password, setPassword] = useState("");
  const { fault, isBusy, submit } = useSubmit(async () => {
    const outcome = await app.account.signIn(login.trim(), password);
    if (outcome === null) goToWork(app);
    if (outcome === "code_required") {
      // The one-time code was typed as the password: take it along.
      onCode(password);
      onWay("code");
    }
    return outcome;
  });
  return (
    <form class="stack" onSubmit={submit}>
      <Fault code={fault} />
      <TextField
        label={t("sign_in.login")}
        value={login}
        onInput={onLogin}
        autocomplete="username"
        required
        testid="sign-in-login"
      />
      <PasswordField label={t("sign_in.password")} value={password} onInput={setPassword} testid="sign-in-password" />
      <Button kind="primary" big submit disabled={isBusy} testid="sign-in-submit">
        {t(isBusy ? "sign_in.busy" : "sign_in.submit")}
      </Button>
      <Button onPress={() => onWay("code")} testid="sign-in-first">
        {t("sign_in.have_code")}
      </Button>
      <Button kind="quiet" onPress={() => onWay("forgotten")} testid="sign-in-forgotten">
        {t("sign_in.forgotten")}
      </Button>
    </form>
  );
}

function CodeForm({ login, onLogin, onWay, code, onCode }: FormProps & { code: string }) {
  const app = useApp();
  const [password, setPassword] = useState("");
  const isShort = password !== "" && [...password].length < PASSWORD_LENGTH_MIN;
  const { fault, isBusy, submit } = useSubmit(async () => {
    const outcome = await app.account.firstSignIn(login.trim(), code.trim(), password);
    if (outcome === null) goToWork(app);
    return outcome;
  });
  return (
    <form class="stack" onSubmit={submit}>
      <p>{t("sign_in.first_lead")}</p>
      <Fault code={fault} />
      <TextField
        label={t("sign_in.login")}
        value={login}
        onInput={onLogin}
        autocomplete="username"
        required
        testid="sign-in-login"
      />
      <TextField
        label={t("sign_in.code")}
        hint={t("sign_in.code_hint")}
        value={code}
        onInput={onCode}
        autocomplete="one-time-code"
        required
        testid="sign-in-code"
      />
      <PasswordField
        label={t("sign_in.new_password")}
        hint={t("password.rule", { count: PASSWORD_LENGTH_MIN })}
        error={isShort ? t("password.too_short", { count: PASSWORD_LENGTH_MIN }) : undefined}
        value={password}
        onInput={setPassword}
        isNew
        testid="sign-in-new-password"
      />
      <Button kind="primary" big submit disabled={isBusy || isShort} testid="sign-in-submit">
        {t(isBusy ? "sign_in.busy" : "sign_in.first_submit")}
      </Button>
      <Button kind="quiet" onPress={() => onWay("password")}>
        {t("sign_in.have_password")}
      </Button>
    </form>
  );
}

/** To the round that is going on, for somebody whose sign-in ran out on it. */
function goToWork(app: App): void {
  app.go(app.session.value?.recording.value.round ? "#/round" : "#/", true);
}

function Forgotten({ onWay }: { onWay: (way: Way) => void }) {
  return (
    <div class="stack">
      <Notice icon="lock" title={t("sign_in.forgotten_title")}>
        <p>{t("sign_in.forgotten_text")}</p>
        <p>{t("sign_in.forgotten_safe")}</p>
      </Notice>
      <Button kind="primary" big onPress={() => onWay("code")} testid="sign-in-first">
        {t("sign_in.have_code")}
      </Button>
      <Button kind="quiet" onPress={() => onWay("password")}>
        {t("nav.back")}
      </Button>
    </div>
  );
}

interface PasswordFieldProps {
  label: string;
  value: string;
  onInput: (value: string) => void;
  hint?: string;
  error?: string | undefined;
  isNew?: boolean;
  testid: string;
}

/** A password that may be pasted and looked at. */
export function PasswordField({ isNew = false, ...field }: PasswordFieldProps) {
  const [isShown, setShown] = useState(false);
  return (
    <TextField
      {...field}
      type={isShown ? "text" : "password"}
      autocomplete={isNew ? "new-password" : "current-password"}
      required
      aside={
        <button
          type="button"
          class="button button-plain"
          aria-pressed={isShown}
          aria-label={t("password.show")}
          onClick={() => setShown(!isShown)}
        >
          <Icon name="eye" />
        </button>
      }
    />
  );
}

export function Fault({ code }: { code: string | null }) {
  if (code === null) return null;
  return (
    <Notice tone="bad" icon="alert" urgent testid="fault">
      <p class="strong">{known("fault", code, t("fault.other", { code }))}</p>
    </Notice>
  );
}

/** Run a form's work once at a time and keep the code of what went wrong. */
export function useSubmit(work: () => Promise<string | null>) {
  const [fault, setFault] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const submit = (event: Event) => {
    event.preventDefault();
    if (isBusy) return;
    setBusy(true);
    setFault(null);
    work()
      .then(setFault, () => setFault("storage"))
      .finally(() => setBusy(false));
  };
  return { fault, isBusy, submit };
}

function LanguageSwitch() {
  const app = useApp();
  const other: Language = language() === "sv" ? "en" : "sv";
  return (
    <button
      type="button"
      class="button button-plain"
      lang={other}
      onClick={() => void app.setLanguage(other)}
      data-testid="language-switch"
    >
      {other === "sv" ? "Svenska" : "English"}
    </button>
  );
}

function UsersLink() {
  const { account } = useApp();
  const [hasUsers, setHasUsers] = useState(false);
  useEffect(() => {
    account.hasUsers().then(setHasUsers, () => undefined);
  }, [account]);
  if (!hasUsers) return null;
  return (
    <LinkButton icon="user" href="#/users" testid="users-link">
      {t("users.title")}
    </LinkButton>
  );
}
