/** Reading an NFC tag, where the browser can: its first record that is a text or an address. */

interface TagRecord {
  readonly recordType: string;
  readonly encoding?: string;
  readonly data?: DataView;
}
interface TagEvent extends Event {
  readonly message: { readonly records: readonly TagRecord[] };
}
interface TagReader extends EventTarget {
  scan(options: { signal: AbortSignal }): Promise<void>;
}

function readerClass(): (new () => TagReader) | undefined {
  return (globalThis as { NDEFReader?: new () => TagReader }).NDEFReader;
}

/** Whether this browser reads tags at all. */
export function canReadTags(): boolean {
  return readerClass() !== undefined;
}

/** Listen for tags until the signal says stop. Rejects when the host or the phone says no. */
export async function readTags(signal: AbortSignal, onText: (text: string) => void): Promise<void> {
  const known = readerClass();
  if (known === undefined) throw new Error("no tags here");
  const reader = new known();
  reader.addEventListener("reading", (event) => {
    const text = (event as TagEvent).message.records.map(textOf).find((found) => found !== null);
    if (text) onText(text);
  });
  await reader.scan({ signal });
}

function textOf({ recordType, encoding, data }: TagRecord): string | null {
  if (data === undefined || !["url", "absolute-url", "text"].includes(recordType)) return null;
  return new TextDecoder(encoding ?? "utf-8").decode(data);
}
