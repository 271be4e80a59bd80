import "fake-indexeddb/auto";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { emptyBrowser } from "../../test/sync/browser";
import { uuid } from "../../test/sync/made";
import type { Change } from "./changes";
import { DeviceDb } from "./device";

let db: DeviceDb;
let told: Change[];
let made = 0xd0;

beforeEach(() => {
  emptyBrowser();
  // A device of its own for each test: what is told goes to the other tabs of the same device.
  const ids = { device: uuid(++made), db_id: uuid(0xe2), user: uuid(0xe3), login: "vard@bo", name: "Vera" };
  db = new DeviceDb({ ...ids, is_signed_in: true } as unknown as ConstructorParameters<typeof DeviceDb>[0]);
  told = [];
  db.changes.subscribe((change) => told.push(change));
});

const write = () => db.write(["recordings"], "strict", async () => "written");

describe("a write", () => {
  test("that commits once tells nothing by itself", async () => {
    expect(await write()).toBe("written");
    expect(told).toEqual([]);
  });

  test("that commits twice, since the first try was given up, has everything read anew", async () => {
    const once = db.connection.withDb.bind(db.connection);
    vi.spyOn(db.connection, "withDb").mockImplementationOnce((work) =>
      once(async (handle) => {
        await work(handle);
        return await work(handle);
      }),
    );
    await write();
    expect(told).toEqual([{ topics: ["picture", "recording"], isAll: true }]);
  });

  test("that commits after it was given up for good has everything read anew", async () => {
    const once = db.connection.withDb.bind(db.connection);
    let late: Promise<unknown> = Promise.resolve();
    vi.spyOn(db.connection, "withDb").mockImplementationOnce((work) => {
      late = new Promise((resolve) => setTimeout(resolve, 5)).then(() => once(work));
      return Promise.reject(new Error("silent"));
    });
    await expect(write()).rejects.toThrow("silent");
    await late;
    expect(told).toEqual([{ topics: ["picture", "recording"], isAll: true }]);
  });
});
