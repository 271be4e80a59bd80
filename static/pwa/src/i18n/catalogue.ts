/** What a message catalogue looks like, derived from the Swedish one: a key missing elsewhere is a type error. */

import type { sv } from "./sv";

export interface Plural {
  readonly one: string;
  readonly other: string;
}

export type Message = string | Plural;
export type MessageKey = keyof typeof sv;
export type Catalogue = { readonly [K in MessageKey]: (typeof sv)[K] extends string ? string : Plural };

type Placeholders<S extends string> = S extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Placeholders<Rest>
  : never;
type Names<M extends Message> = M extends string
  ? Placeholders<M>
  : M extends Plural
    ? "count" | Placeholders<M["one"] | M["other"]>
    : never;

/** The arguments a message takes: none, or one object with exactly its placeholders. */
export type MessageArguments<K extends MessageKey> = [Names<(typeof sv)[K]>] extends [never]
  ? []
  : [values: { readonly [Name in Names<(typeof sv)[K]>]: string | number }];
