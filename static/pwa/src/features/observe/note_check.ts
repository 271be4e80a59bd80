/** Look for personal data in a note before it is kept. The scanner is loaded when a note is first written. */

import type { Finding } from "../../domain/personal_data";

export interface NoteCheck {
  /** What was found, each kind once. */
  readonly kinds: readonly string[];
  /** The passages themselves, for the host to recognise. */
  readonly passages: readonly string[];
  /** The host has to edit the text or stand for it. */
  readonly mustConfirm: boolean;
}

export const CLEAN: NoteCheck = { kinds: [], passages: [], mustConfirm: false };

export async function checkNote(text: string): Promise<NoteCheck> {
  if (text.trim() === "") return CLEAN;
  const { scan } = await import("../../domain/personal_data");
  return summarise(text, scan(text));
}

function summarise(text: string, findings: readonly Finding[]): NoteCheck {
  const certain = findings.filter((finding) => finding.severity === "confirm");
  const characters = [...text];
  const shown = certain.length > 0 ? certain : findings;
  return {
    kinds: [...new Set(shown.map((finding) => finding.kind))],
    passages: shown.map((finding) => characters.slice(finding.start, finding.end).join("")),
    mustConfirm: certain.length > 0,
  };
}
