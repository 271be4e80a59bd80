/** Small pieces that only show what they are given. */

import type { ComponentChildren } from "preact";
import { Icon, type IconName } from "./icon";

export type Tone = "plain" | "ok" | "warn" | "bad";

/** A short state in words, with a drawing so that colour is never alone. As a link it has a thumb's room around it. */
export function Chip(props: {
  tone?: Tone;
  icon?: IconName;
  href?: string;
  /** All of it in words, where the chip itself says less. */
  label?: string;
  testid?: string;
  children: ComponentChildren;
}) {
  const look = `chip chip-${props.tone ?? "plain"}`;
  const { href, label } = props;
  const face = (
    <span class={look} data-testid={href === undefined ? props.testid : undefined}>
      {props.icon && <Icon name={props.icon} />}
      <span>{props.children}</span>
    </span>
  );
  if (href === undefined) return face;
  return (
    <a class="chip-link" href={href} aria-label={label} data-testid={props.testid}>
      {face}
    </a>
  );
}

/** Something the host should know here and now. */
export function Notice(props: {
  tone?: Tone;
  icon?: IconName;
  title?: string;
  urgent?: boolean;
  testid?: string;
  children?: ComponentChildren;
}) {
  return (
    <div
      class={`notice notice-${props.tone ?? "plain"}`}
      role={props.urgent ? "alert" : undefined}
      data-testid={props.testid}
    >
      {props.icon && <Icon name={props.icon} />}
      <div class="notice-text">
        {props.title && <strong>{props.title}</strong>}
        {props.children}
      </div>
    </div>
  );
}

export function Section(props: {
  title: string;
  aside?: ComponentChildren;
  testid?: string;
  children: ComponentChildren;
}) {
  return (
    <section class="section" data-testid={props.testid}>
      <div class="section-head">
        <h2>{props.title}</h2>
        {props.aside}
      </div>
      {props.children}
    </section>
  );
}

interface RowProps {
  title: string;
  detail?: ComponentChildren;
  aside?: ComponentChildren;
  /** On a line of its own under the text. */
  foot?: ComponentChildren;
  icon?: IconName;
  chosen?: boolean;
  testid?: string;
  id?: string;
}

function rowContent({ title, detail, aside, foot, icon, chosen }: RowProps) {
  return (
    <>
      {icon && <Icon name={icon} />}
      <span class="row-text">
        <span class="row-title">{title}</span>
        {detail && <span class="soft">{detail}</span>}
        {foot}
      </span>
      {aside && <span class="row-aside">{aside}</span>}
      {chosen && <Icon name="calm" />}
    </>
  );
}

/** A full-width line that can be tapped. */
export function RowButton(props: RowProps & { onPress: () => void; expanded?: boolean }) {
  return (
    <button
      type="button"
      class="row"
      onClick={props.onPress}
      aria-pressed={props.chosen}
      aria-expanded={props.expanded}
      data-testid={props.testid}
      data-id={props.id}
    >
      {rowContent(props)}
      {props.expanded !== undefined && <Icon name={props.expanded ? "up" : "down"} />}
    </button>
  );
}

/** A full-width line that leads somewhere. */
export function RowLink(props: RowProps & { href: string; state?: string }) {
  return (
    <a class="row" href={props.href} data-testid={props.testid} data-id={props.id} data-state={props.state}>
      {rowContent(props)}
      <Icon name="next" />
    </a>
  );
}

/** A full-width line that only tells. */
export function Row(props: RowProps) {
  return (
    <div class="row row-still" data-testid={props.testid} data-id={props.id}>
      {rowContent(props)}
    </div>
  );
}

/** A word and its value, one pair a line. */
export function Facts({ pairs }: { pairs: ReadonlyArray<readonly [string, ComponentChildren]> }) {
  return (
    <dl class="facts">
      {pairs.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

export function Spinner({ label }: { label: string }) {
  return (
    <p class="spinner" role="status">
      {label}
    </p>
  );
}
