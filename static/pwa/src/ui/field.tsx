/** Labelled inputs. The label, hint and error are always tied to the control. */

import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";

interface TextFieldProps {
  label: string;
  value: string;
  onInput: (value: string) => void;
  type?: "text" | "password" | "search";
  hint?: string | undefined;
  error?: string | undefined;
  autocomplete?: string;
  inputMode?: "text" | "numeric" | "search";
  maxLength?: number;
  required?: boolean;
  /** A button at the end of the line. */
  aside?: ComponentChildren;
  testid?: string;
}

export function TextField(props: TextFieldProps) {
  const id = useId();
  const notes = describe(id, props.hint, props.error);
  return (
    <div class="field">
      <label for={id}>{props.label}</label>
      <div class="input-line">
        <input
          id={id}
          class="input"
          type={(props.type ?? "text") as "text"} // The kinds differ in ARIA roles only, which are not set here.
          value={props.value}
          onInput={(event) => props.onInput(event.currentTarget.value)}
          autocomplete={props.autocomplete ?? "off"}
          autocapitalize="none"
          spellcheck={false}
          inputMode={props.inputMode}
          maxLength={props.maxLength}
          required={props.required}
          aria-invalid={props.error ? true : undefined}
          aria-describedby={notes}
          data-testid={props.testid}
        />
        {props.aside}
      </div>
      <FieldNotes id={id} hint={props.hint} error={props.error} />
    </div>
  );
}

interface TextAreaProps {
  label: string;
  value: string;
  onInput: (value: string) => void;
  maxLength: number;
  /** How much room is left, in words. */
  counter: string;
  hint?: string | undefined;
  onLeave?: () => void;
  testid?: string;
}

export function TextArea(props: TextAreaProps) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{props.label}</label>
      <textarea
        id={id}
        class="input"
        rows={3}
        value={props.value}
        maxLength={props.maxLength}
        onInput={(event) => props.onInput(event.currentTarget.value)}
        onBlur={props.onLeave}
        aria-describedby={`${id}-count${props.hint ? ` ${id}-hint` : ""}`}
        data-testid={props.testid}
      />
      <div class="field-foot">
        {props.hint && (
          <p id={`${id}-hint`} class="soft">
            {props.hint}
          </p>
        )}
        <p id={`${id}-count`} class="soft field-count">
          {props.counter}
        </p>
      </div>
    </div>
  );
}

export interface ChoiceOption<V extends string | number> {
  value: V;
  label: string;
  detail?: string;
  testid?: string;
}

/** One of a few, as large radio buttons. `layout` "row" shares one line, "pairs" goes two and two, "column" stacks. */
export function Choice<V extends string | number>(props: {
  legend: string;
  name: string;
  options: ReadonlyArray<ChoiceOption<V>>;
  value: V | null;
  onChange: (value: V) => void;
  layout?: "row" | "pairs" | "column";
}) {
  return (
    <fieldset class={`choice choice-${props.layout ?? "row"}`}>
      <legend>{props.legend}</legend>
      <div class="choice-options">
        {props.options.map((option) => (
          <label key={option.value} class="choice-option">
            <input
              type="radio"
              name={props.name}
              value={option.value}
              checked={option.value === props.value}
              onChange={() => props.onChange(option.value)}
              data-testid={option.testid}
            />
            <span class="choice-face">
              <span class="choice-label">{option.label}</span>
              {option.detail && <span class="soft">{option.detail}</span>}
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

function FieldNotes({
  id,
  hint,
  error,
}: {
  id: string;
  hint: string | undefined;
  error: string | undefined;
}): ComponentChildren {
  return (
    <>
      {hint && (
        <p id={`${id}-hint`} class="soft">
          {hint}
        </p>
      )}
      {error && (
        <p id={`${id}-error`} class="error">
          {error}
        </p>
      )}
    </>
  );
}

function describe(id: string, hint: string | undefined, error: string | undefined): string | undefined {
  const notes = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ");
  return notes === "" ? undefined : notes;
}
