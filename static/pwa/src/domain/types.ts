/**
 * Every value that phone and server exchange and that the screens are made from, under one name. Nothing here does anything.
 */

export type * from "./answer_types";
export type * from "./operation_types";
export type * from "./phone_types";
export type * from "./plan_types";
export type * from "./seen_types";
export type * from "./values";
