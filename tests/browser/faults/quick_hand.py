"""A hand that is quicker than a thumb: it presses the app's own buttons from within the page, in any engine."""

from __future__ import annotations

import base64
from dataclasses import asdict, dataclass
from typing import Any

from playwright.sync_api import Page

QUICK_HAND = """
async (asked) => {
  const find = (name) => document.querySelector(`[data-testid="${name}"]`);
  const screen = (name) => document.querySelector(`[data-screen="${name}"]`);
  const until = async (what, look) => {
    for (const end = performance.now() + 20000; performance.now() < end; ) {
      const found = look();
      if (found) return found;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    throw new Error(`${what}: not in 20 s, at ${location.hash}`);
  };
  const press = async (name) => (await until(name, () => find(name))).click();
  const give = (input, { bytes, name }) => {
    const files = new DataTransfer();
    const raw = Uint8Array.from(atob(bytes), (letter) => letter.charCodeAt(0));
    files.items.add(new File([raw], name, { type: "image/jpeg" }));
    input.files = files.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  };
  const chooseCategory = async (code) => {
    const group = await until("the groups", () => find(`group-${code.slice(0, 2)}`));
    if (!find(`category-${code}`)) group.click();
    await press(`category-${code}`);
  };
  const addPhoto = async (photo, count) => {
    await press("add-photo");
    give(await until("the picker", () => screen("photo")?.querySelector('[data-testid="photo-gallery"]')), photo);
    const kept = () => screen("refine")?.querySelectorAll('[data-testid="record-photos"] img').length === count;
    await until("one more photo on the phone", kept);
  };
  const log = async ({ category, photo, more = [] }) => {
    location.hash = "#/round";
    await until("the round", () => screen("round"));
    await press(photo === null ? "log-observation" : "log-damage");
    if (photo !== null) {
      // A damage that was begun before the browser died comes back with its photo.
      const kept = () => document.querySelector(".photo-line img");
      const picker = await until("the picker", () => find("photo-gallery") ?? kept());
      if (picker.type === "file") give(picker, photo);
      await until("the photo on the phone", kept);
    }
    await chooseCategory(category);
    await until("that it is saved", () => screen("refine")?.querySelector('[data-testid="saved-status"]'));
    const id = location.hash.split("/")[2];
    window.rondSaved?.(id);
    for (const [index, one] of more.entries()) await addPhoto(one, index + 2);
    await press("refine-done");
    await until("the round again", () => screen("round"));
    return id;
  };
  const saved = [];
  for (const one of asked) saved.push(await log(one));
  return saved;
}
"""
"""Takes what `to_log` gives and returns the records' ids. `window.rondSaved` hears of each as the host does, where it is there."""

BEGIN = f"""
(asked) => {{
  const hand = {QUICK_HAND};
  window.rondOutcome = "";
  hand(asked).then(() => {{ window.rondOutcome = "done"; }}, (fault) => {{ window.rondOutcome = String(fault); }});
}}
"""
"""Begins to log and does not wait for it: `window.rondOutcome` tells how it ended."""

READ_PHONE = """
async () => {
  const all = (db, name) => new Promise((resolve, reject) => {
    const asked = db.transaction(name).objectStore(name).getAll();
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
  const ops = [], photos = [];
  for (const { name } of await indexedDB.databases()) {
    const db = await new Promise((resolve, reject) => {
      const asked = indexedDB.open(name);
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => reject(asked.error);
    });
    if (db.objectStoreNames.contains("ops")) {
      ops.push(...await all(db, "ops"));
      photos.push(...await all(db, "photos"));
    }
    db.close();
  }
  return {
    ops: ops.map(({ id, n, state, op }) => ({ id, n, state, type: op.type, entity: op.entity, blobs: op.blobs })),
    photos: photos.map(({ sha256, state }) => ({ sha256, state })),
  };
}
"""
"""Reads what the phone's databases hold, past the app."""


@dataclass(frozen=True, slots=True)
class ToLog:
    """A record to be logged: an observation, or with a photo (a JPEG's bytes) a damage."""

    category: str
    photo: bytes | None = None


def as_json(records: list[ToLog]) -> list[dict[str, Any]]:
    """Return records as the page takes them."""
    return [
        {
            **asdict(record),
            "photo": None
            if record.photo is None
            else {"bytes": base64.b64encode(record.photo).decode("ascii"), "name": f"photo-{number}.jpg"},
        }
        for number, record in enumerate(records)
    ]


def has_logged(tab: Page) -> bool:
    """Tell whether what `BEGIN` began in a page is done."""
    outcome = str(tab.evaluate("window.rondOutcome"))
    assert outcome in {"", "done"}, outcome
    return outcome == "done"
