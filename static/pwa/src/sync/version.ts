/** Which version of the app this is, as the server is told. */

declare const __BUILD__: string | undefined;

/** The version of the phone app; grows with each release. */
export const APP_VERSION = "1.0.0";

/** Which build of it, where the bundler has said so. */
export const BUILD: string = typeof __BUILD__ === "string" ? __BUILD__ : "dev";
