import { beforeEach, describe, expect, test, vi } from "vitest";
import { registerWorker } from "./register";

/** A browser's registration in the test's hand. */
class FakeWorker extends EventTarget {
  state = "installing";
  postMessage = vi.fn();
  become(state: string): void {
    this.state = state;
    this.dispatchEvent(new Event("statechange"));
  }
}
let registration: EventTarget & {
  active: FakeWorker | null;
  waiting: FakeWorker | null;
  installing: FakeWorker | null;
  update: () => Promise<void>;
};
let container: EventTarget & { controller: object | null; ready: Promise<void>; register: ReturnType<typeof vi.fn> };
let reload: ReturnType<typeof vi.fn>;

beforeEach(() => {
  registration = Object.assign(new EventTarget(), {
    active: null,
    waiting: null,
    installing: null,
    update: async () => {},
  });
  container = Object.assign(new EventTarget(), {
    controller: {},
    ready: Promise.resolve(),
    register: vi.fn(async () => registration),
  });
  Object.defineProperty(navigator, "serviceWorker", { configurable: true, value: container });
  reload = vi.fn();
  vi.stubGlobal("location", { reload });
});

async function found(): Promise<FakeWorker> {
  const worker = new FakeWorker();
  registration.installing = worker;
  registration.dispatchEvent(new Event("updatefound"));
  worker.become("installed");
  return worker;
}
const registered = async (isBusy = () => false) => {
  const updates = registerWorker(isBusy);
  await vi.waitFor(() => expect(updates.isOfflineReady()).toBe(true));
  return updates;
};

describe("an update", () => {
  test("is registered for the app alone and looked for past every cache", async () => {
    await registered();
    expect(container.register).toHaveBeenCalledWith("/pwa/sw.js", { scope: "/pwa/", updateViaCache: "none" });
  });

  test("is offered when it has been fetched, and told to those who listen", async () => {
    const updates = await registered();
    const told = vi.fn();
    updates.subscribe(told);
    await found();
    expect(updates.state()).toBe("ready");
    expect(told).toHaveBeenCalledWith("ready");
  });

  test("that waited before the page was opened is offered too", async () => {
    registration.waiting = new FakeWorker();
    expect((await registered()).state()).toBe("ready");
  });

  test("is not the first worker of all", async () => {
    container.controller = null;
    const updates = await registered();
    await found();
    expect(updates.state()).toBe("none");
  });

  test("is applied when asked for, and the page begins anew with it", async () => {
    const updates = await registered();
    const worker = await found();
    expect(updates.apply()).toBe(true);
    expect(worker.postMessage).toHaveBeenCalledWith({ type: "SKIP_WAITING" }, [expect.anything()]);
    expect(reload).not.toHaveBeenCalled();
    container.dispatchEvent(new Event("controllerchange"));
    expect(reload).toHaveBeenCalledOnce();
  });

  test("that the browser has put to work is offered all the same, and applied when asked for", async () => {
    const worker = new FakeWorker();
    worker.state = "activated";
    worker.postMessage.mockImplementation(({ type }, [port]: [MessagePort]) =>
      port.postMessage(type === "IS_NEWER" || type === "SKIP_WAITING"),
    );
    registration.active = worker;
    const updates = await registered();
    await vi.waitFor(() => expect(updates.state()).toBe("ready"));
    expect(reload).not.toHaveBeenCalled();
    expect(updates.apply()).toBe(true);
    await vi.waitFor(() => expect(reload).toHaveBeenCalledOnce());
  });

  test("is never applied while the app is busy", async () => {
    const updates = await registered(() => true);
    const worker = await found();
    expect(updates.apply()).toBe(false);
    expect(worker.postMessage).not.toHaveBeenCalled();
    expect(updates.state()).toBe("ready");
  });

  test("that another tab took into use does not pull this page from under the host", async () => {
    await registered();
    container.dispatchEvent(new Event("controllerchange"));
    expect(reload).not.toHaveBeenCalled();
  });

  test("is not missed where there is no worker at all", () => {
    Reflect.deleteProperty(navigator, "serviceWorker");
    const updates = registerWorker(() => false);
    expect(updates.apply()).toBe(false);
    expect(updates.isOfflineReady()).toBe(false);
  });
});
