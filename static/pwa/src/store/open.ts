/** Open one user's store for the screens: the database with what the picture is made from in memory. */

import type { DeviceEntry, Draft, NewPhoto, PictureSource, Profile, Uuid } from "../domain/types";
import type { Change } from "./changes";
import { type DeviceDb, type DeviceDeps, deviceDb } from "./device";
import { applyChange, readSource } from "./memory";
import { amendRecord, release, saveRecord } from "./operations";
import { putPhotos, readPhoto } from "./photos";
import type { MetaValues } from "./schema";
import { noteFull } from "./storage";
import type { Store, Topic } from "./store";
import * as track from "./track";
import { unsentFile } from "./unsent_file";

/** Open one user's store. Raises StorageTrouble. `deps` replace the phone's clock and chance. */
export async function openStore(entry: DeviceEntry, deps?: DeviceDeps): Promise<Store> {
  const db = deviceDb(entry, deps);
  db.connection.onTrouble((trouble) => trouble.code === "full" && noteFull());
  const memory = await Memory.of(db);
  return {
    entry,
    device: entry.device,
    source: () => memory.source,
    subscribe: (listener) => memory.subscribe(listener),
    newId: () => db.newId(),
    saveRecord: (command, photos, options) => saveRecord(db, command, photos, options),
    amendRecord: (entity, set, photos) => amendRecord(db, entity, set, photos),
    release: async (entity) => void (await release(db, entity)),
    saveDraft: (draft, photos) => saveDraft(db, draft, photos),
    drafts: () => drafts(db),
    discardDraft: (id) => discardDraft(db, id),
    readPhoto: (sha256) => readPhoto(db, sha256),
    recording: () => track.recording(db),
    startRecording: (round) => track.startRecording(db, round),
    putFix: (round, fix) => track.putFix(db, round, fix),
    heartbeat: (round) => track.heartbeat(db, round),
    setPaused: (round, isPaused) => track.setPaused(db, round, isPaused),
    closeSegment: (round, options) => track.closeSegment(db, round, options),
    endRecording: async (round) => void (await track.endRecording(db, round)),
    trackOf: (round) => track.trackOf(db, round),
    profile: () => memory.profile,
    saveProfile: (profile) => saveProfile(db, profile),
    ...keepsakes(db),
    unsentFile: (app) => unsentFile(db, app),
    probe: () => probe(db),
    onTrouble: (listener) => db.connection.onTrouble(listener),
    close: () => memory.close(),
  };
}

/** The store's values in this page. Changes that arrive while everything is being read again wait for it. */
class Memory {
  source: PictureSource;
  profile: Profile | null;
  readonly #db: DeviceDb;
  readonly #listeners = new Set<(topics: ReadonlySet<Topic>) => void>();
  readonly #unsubscribe: () => void;
  #reading: Promise<void> | null = null;
  #isStale = false;

  static async of(db: DeviceDb): Promise<Memory> {
    const [source, profile] = await Promise.all([readSource(db), readProfile(db)]);
    return new Memory(db, source, profile);
  }

  private constructor(db: DeviceDb, source: PictureSource, profile: Profile | null) {
    this.#db = db;
    this.source = source;
    this.profile = profile;
    this.#unsubscribe = db.changes.subscribe((change) => this.#take(change));
  }

  subscribe(listener: (topics: ReadonlySet<Topic>) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    this.#unsubscribe();
    this.#listeners.clear();
  }

  #take(change: Change): void {
    if (change.isAll || (this.#reading !== null && change.topics.includes("picture"))) {
      void this.#readAgain(change.topics);
      return;
    }
    if (change.profile !== undefined) this.profile = change.profile;
    else if (change.topics.includes("profile")) {
      void this.#readProfileAgain(change.topics);
      return;
    }
    if (change.topics.includes("picture")) this.source = applyChange(this.source, change);
    this.#tell(change.topics);
  }

  /** Read everything; once more when something changed meanwhile. */
  async #readAgain(topics: readonly Topic[]): Promise<void> {
    this.#isStale = true;
    this.#reading ??= this.#readUntilFresh().finally(() => {
      this.#reading = null;
    });
    await this.#reading;
    this.#tell(topics);
  }

  async #readUntilFresh(): Promise<void> {
    while (this.#isStale) {
      this.#isStale = false;
      try {
        this.source = await readSource(this.#db);
      } catch {
        // The connection has reported the trouble; what was read before stays on the screen.
      }
    }
  }

  async #readProfileAgain(topics: readonly Topic[]): Promise<void> {
    this.profile = await readProfile(this.#db).catch(() => this.profile);
    this.#tell(topics);
  }

  #tell(topics: readonly Topic[]): void {
    const set = new Set(topics);
    for (const listener of [...this.#listeners]) listener(set);
  }
}

async function readProfile(db: DeviceDb): Promise<Profile | null> {
  const profile = await db.read(["meta"], (tx) => tx.objectStore("meta").get("profile"));
  return (profile as MetaValues["profile"] | undefined) ?? null;
}

async function saveProfile(db: DeviceDb, profile: Profile): Promise<void> {
  await db.write(["meta"], "strict", (tx) => tx.objectStore("meta").put(profile, "profile"));
  db.changes.tell({ topics: ["profile"], profile });
}

async function saveDraft(db: DeviceDb, draft: Draft, photos: readonly NewPhoto[] = []): Promise<void> {
  const kept = await db.write(["drafts", "photos", "chunks"], "strict", async (tx) => {
    await tx.objectStore("drafts").put(draft);
    return putPhotos(tx, photos, db.deps.clock.wall());
  });
  db.changes.tell({ topics: kept.length > 0 ? ["drafts", "picture"] : ["drafts"], photos: kept });
}

async function drafts(db: DeviceDb): Promise<readonly Draft[]> {
  const all = await db.read(["drafts"], (tx) => tx.objectStore("drafts").getAll());
  return all.sort((a, b) => b.saved_at - a.saved_at);
}

async function discardDraft(db: DeviceDb, id: Uuid): Promise<void> {
  await db.write(["drafts"], "strict", (tx) => tx.objectStore("drafts").delete(id));
  db.changes.tell({ topics: ["drafts"] });
}

function keepsakes(db: DeviceDb): Pick<Store, "doc" | "saveDoc" | "remember" | "remembered"> {
  return {
    doc: async <T>(path: string) => {
      const kept = await db.read(["docs"], (tx) => tx.objectStore("docs").get(path));
      return kept === undefined ? null : { ...kept, body: kept.body as T };
    },
    saveDoc: async (path, etag, body) => {
      const kept = { etag, body, fetched_at: db.deps.clock.wall() };
      await db.write(["docs"], "relaxed", (tx) => tx.objectStore("docs").put(kept, path));
      db.changes.tell({ topics: ["docs"] });
    },
    remember: async (key, value) => {
      await db.write(["remembered"], "relaxed", (tx) => tx.objectStore("remembered").put(value, key));
    },
    remembered: async <T>(key: string) => {
      const value = await db.read(["remembered"], (tx) => tx.objectStore("remembered").get(key));
      return (value as T | undefined) ?? null;
    },
  };
}

/** Write and read one key strictly: whether the store can be trusted now. */
async function probe(db: DeviceDb): Promise<boolean> {
  const now = db.deps.clock.wall();
  try {
    await db.write(["meta"], "strict", (tx) => tx.objectStore("meta").put(now, "probe"));
    return (await db.read(["meta"], (tx) => tx.objectStore("meta").get("probe"))) === now;
  } catch {
    return false;
  }
}
