/** A button that has to be held. A short press or a key asks for a confirmation instead, so no gesture is the only way. */

import { useEffect, useRef, useState } from "preact/hooks";
import { Icon, type IconName } from "./icon";

export const HOLD_MS = 900;

interface HoldButtonProps {
  label: string;
  /** What the button says while it is held. */
  holdingLabel: string;
  icon: IconName;
  onHeld: () => void;
  /** A short press, a key or an assistive tool: ask before doing it. */
  onTapped: () => void;
  testid?: string;
}

export function HoldButton(props: HoldButtonProps) {
  const [isHeld, setHeld] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const isSpent = useRef(false);

  const release = () => {
    clearTimeout(timer.current);
    setHeld(false);
  };
  const hold = () => {
    isSpent.current = false;
    setHeld(true);
    timer.current = setTimeout(() => {
      isSpent.current = true;
      setHeld(false);
      props.onHeld();
    }, HOLD_MS);
  };
  const tap = () => {
    if (isSpent.current) isSpent.current = false;
    else props.onTapped();
  };
  useEffect(() => () => clearTimeout(timer.current), []);

  return (
    <button
      type="button"
      class={`button button-plain button-hold${isHeld ? " is-held" : ""}`}
      onPointerDown={hold}
      onPointerUp={release}
      onPointerLeave={release}
      onPointerCancel={release}
      onContextMenu={(event) => event.preventDefault()}
      onClick={tap}
      data-testid={props.testid}
    >
      <Icon name={props.icon} />
      <span>{isHeld ? props.holdingLabel : props.label}</span>
    </button>
  );
}
