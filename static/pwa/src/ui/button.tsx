/** Buttons and links that look like them. Every one is at least `--target` high. */

import type { ComponentChildren } from "preact";
import { Icon, type IconName } from "./icon";

export type ButtonKind = "primary" | "plain" | "quiet" | "calm" | "watch" | "damage" | "danger";

interface Look {
  kind?: ButtonKind;
  icon?: IconName;
  /** Fill the row and grow to thumb size. */
  big?: boolean;
  /** More of its row than its neighbours. */
  wide?: boolean;
  /** Icon above the words, for buttons that share a row. */
  stacked?: boolean;
  testid?: string;
  children: ComponentChildren;
}

interface ButtonProps extends Look {
  onPress?: () => void;
  submit?: boolean;
  disabled?: boolean;
  pressed?: boolean | undefined;
  describedBy?: string | undefined;
}

function classes({ kind = "plain", big = false, wide = false, stacked = false }: Look): string {
  const size = `${big ? " button-big" : ""}${wide ? " button-wide" : ""}${stacked ? " button-stacked" : ""}`;
  return `button button-${kind}${size}`;
}

export function Button(props: ButtonProps) {
  return (
    <button
      type={props.submit ? "submit" : "button"}
      class={classes(props)}
      onClick={props.onPress}
      disabled={props.disabled}
      aria-pressed={props.pressed}
      aria-describedby={props.describedBy}
      data-testid={props.testid}
    >
      {props.icon && <Icon name={props.icon} big={props.stacked ?? false} />}
      <span>{props.children}</span>
    </button>
  );
}

export function LinkButton(props: Look & { href: string }) {
  return (
    <a class={classes(props)} href={props.href} data-testid={props.testid}>
      {props.icon && <Icon name={props.icon} big={props.stacked ?? false} />}
      <span>{props.children}</span>
    </a>
  );
}
