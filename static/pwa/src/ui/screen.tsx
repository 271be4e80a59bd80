/** One screen: a header that names it, its content, and a thumb zone at the bottom. */

import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
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

let isFirst = true;

/** Move the focus to a new screen's heading, so that screen readers and keyboards start there. The first one has it already. */
function useArrival(title: string): void {
  useEffect(() => {
    document.title = `${title} – Rond`;
  }, [title]);
  useEffect(() => {
    if (!isFirst) {
      scrollTo(0, 0);
      document.getElementById(HEADING_ID)?.focus({ preventScroll: true });
    }
    isFirst = false;
  }, []);
}

export function Screen({ title, lead, back, chip, thumb, children, name }: ScreenProps) {
  useArrival(title);
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
        {chip && <div class="screen-end">{chip}</div>}
      </header>
      <main class="screen-body">{children}</main>
      {thumb && <ThumbZone>{thumb}</ThumbZone>}
    </div>
  );
}

/** A thumb zone that takes more of the screen than this scrolls with the rest. */
const ZONE_SHARE_MAX = 0.55;

/** Stays in the bottom third, and tells how high it is so that messages can stand above it. */
function ThumbZone({ children }: { children: ComponentChildren }) {
  const zone = useRef<HTMLElement>(null);
  useEffect(() => {
    const root = document.documentElement.style;
    const measure = () => {
      const height = zone.current?.offsetHeight ?? 0;
      const isTall = height > innerHeight * ZONE_SHARE_MAX;
      zone.current?.classList.toggle("is-tall", isTall);
      root.setProperty("--thumb-height", `${isTall ? 0 : height}px`);
    };
    const observer = new ResizeObserver(measure);
    if (zone.current) observer.observe(zone.current);
    measure();
    return () => {
      observer.disconnect();
      root.removeProperty("--thumb-height");
    };
  }, []);
  return (
    <footer ref={zone} class="thumb-zone">
      {children}
    </footer>
  );
}
