/** One screen: a header that names it, its content, and a thumb zone at the bottom. */

import type { ComponentChildren } from "preact";
import { Icon } from "./icon";

interface ScreenProps {
  title: string;
  /** A line under the title. */
  lead?: ComponentChildren;
  /** Where the back arrow leads, and what it is called. */
  back?: { href: string; label: string } | undefined;
  /** At the right of the header. */
  chip?: ComponentChildren;
  /** Stays in the bottom third. */
  thumb?: ComponentChildren;
  children?: ComponentChildren;
  name: string;
}

/** The heading that takes the focus when a screen opens. */
export const HEADING_ID = "screen-heading";

export function Screen({ title, lead, back, chip, thumb, children, name }: ScreenProps) {
  return (
    <div class="screen" data-screen={name}>
      <header class="screen-head">
        {back && (
          <a class="back" href={back.href} aria-label={back.label} data-testid="back">
            <Icon name="back" />
          </a>
        )}
        <div class="screen-title">
          <h1 id={HEADING_ID} tabIndex={-1}>
            {title}
          </h1>
          {lead && <p class="soft">{lead}</p>}
        </div>
        {chip}
      </header>
      <main class="screen-body">{children}</main>
      {thumb && <footer class="thumb-zone">{thumb}</footer>}
    </div>
  );
}
