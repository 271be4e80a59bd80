/** Help that is always one tap away: 112 and the organisation's on-call number. */

import { t } from "../i18n";
import { LinkButton } from "../ui/button";
import { useSession } from "./context";

interface OnCall {
  readonly name: string;
  readonly href: string;
  readonly phone: string;
}

function useOnCall(): OnCall | null {
  const organisation = useSession().profile.value?.organisation;
  const phone = organisation?.on_call_phone;
  if (!phone) return null;
  return { name: organisation.on_call_name ?? t("help.on_call"), href: `tel:${phone.replace(/[^+\d]/g, "")}`, phone };
}

/** Keep a number on one line: it is read aloud, or typed on another phone. */
function unbroken(phone: string): string {
  return phone.replaceAll(" ", "\u00a0").replaceAll("-", "\u2011");
}

/** The two calls, side by side. */
export function HelpRow() {
  const onCall = useOnCall();
  return (
    <nav class="help-row" aria-label={t("help.title")}>
      <LinkButton kind="danger" icon="phone" href="tel:112" testid="call-112">
        {t("help.call_112")}
      </LinkButton>
      {onCall && (
        <LinkButton icon="phone" href={onCall.href} testid="call-on-call">
          {onCall.name}
        </LinkButton>
      )}
    </nav>
  );
}

/** What a record of severity 4 shows first: the app itself alarms nobody. */
export function EmergencyPanel() {
  const onCall = useOnCall();
  return (
    <section class="emergency" aria-labelledby="emergency-title" data-testid="emergency">
      <h2 id="emergency-title">{t("help.emergency_title")}</h2>
      <p>{t("help.emergency_text")}</p>
      <LinkButton kind="danger" icon="phone" big href="tel:112" testid="emergency-112">
        {t("help.call_112")}
      </LinkButton>
      {onCall && (
        <LinkButton icon="phone" href={onCall.href} testid="emergency-on-call">
          {t("help.call_on_call", { name: onCall.name, phone: unbroken(onCall.phone) })}
        </LinkButton>
      )}
    </section>
  );
}
