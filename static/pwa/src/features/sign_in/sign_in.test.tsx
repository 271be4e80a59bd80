/** Signing in, with a password or with a one-time code, and taking over the phone. */

import { fireEvent, screen, waitFor } from "@testing-library/preact";
import { describe, expect, it, vi } from "vitest";
import { HOST } from "../../../test/rows";
import { setStage } from "../../../test/stage";

const write = (testid: string, value: string) => fireEvent.input(screen.getByTestId(testid), { target: { value } });
const fault = () => waitFor(() => screen.getByTestId("fault").textContent);

describe("signing in", () => {
  it("says in words what was wrong", async () => {
    const stage = await setStage({ hash: "#/sign-in", account: { signIn: async () => "wrong_credentials" } });
    await waitFor(() => screen.getByTestId("sign-in-login"));
    write("sign-in-login", "amina");
    write("sign-in-password", "fel lösenord");
    await stage.tap("sign-in-submit");
    expect(await fault()).toContain("Fel användarnamn eller lösenord");
  });

  it("lets a password be pasted and filled in by the phone", async () => {
    await setStage({ hash: "#/sign-in" });
    const password = await waitFor(() => screen.getByTestId("sign-in-password"));
    expect(password.getAttribute("autocomplete")).toBe("current-password");
    expect(password.hasAttribute("onpaste")).toBe(false);
  });

  it("takes a one-time code that was typed as a password along to the first sign-in", async () => {
    const firstSignIn = vi.fn(async () => null);
    const stage = await setStage({
      hash: "#/sign-in",
      account: { signIn: async () => "code_required", firstSignIn },
    });
    await waitFor(() => screen.getByTestId("sign-in-login"));
    write("sign-in-login", "amina");
    write("sign-in-password", "ABCD-EFGH");
    await stage.tap("sign-in-submit");
    await waitFor(() => expect((screen.getByTestId("sign-in-code") as HTMLInputElement).value).toBe("ABCD-EFGH"));
    write("sign-in-new-password", "tre gröna cyklar");
    await stage.tap("sign-in-submit");
    await waitFor(() => expect(firstSignIn).toHaveBeenCalledWith("amina", "ABCD-EFGH", "tre gröna cyklar"));
  });

  it("sends who has forgotten the password to the supervisor for a code", async () => {
    const stage = await setStage({ hash: "#/sign-in" });
    await stage.tap("sign-in-forgotten");
    await waitFor(() => expect(document.body.textContent).toContain("Be gruppledaren om en ny engångskod"));
  });
});

describe("after signing in", () => {
  it("the host is back on the round", async () => {
    const stage = await setStage({ hash: "#/sign-in" });
    await waitFor(() => screen.getByTestId("sign-in-login"));
    write("sign-in-login", "amina");
    write("sign-in-password", "tre gröna cyklar");
    await stage.tap("sign-in-submit");
    await waitFor(() => expect(stage.hash()).toBe("#/round"));
  });
});

describe("a shared phone", () => {
  const user = { db_id: "", user_id: HOST, used_at: 0, unsent: 0 };

  it("lists its users with what each has not sent", async () => {
    const users = async () => [
      { ...user, device: "a", login: "amina", name: "Amina", is_signed_in: true, unsent: 3 },
      { ...user, device: "b", login: "omar", name: "Omar", is_signed_in: false },
    ];
    const switchTo = vi.fn(async () => undefined);
    const stage = await setStage({ hash: "#/users", account: { users, switchTo } });
    const rows = await waitFor(() => screen.getAllByTestId("user"));
    expect(rows.map((row) => row.textContent)).toEqual([
      "Amina3 osända · inloggad",
      "OmarAllt skickat · behöver lösenord",
    ]);
    fireEvent.click(rows[1] as HTMLElement);
    await waitFor(() => expect(stage.hash()).toBe("#/sign-in/omar"));
    expect(switchTo).not.toHaveBeenCalled();
  });

  it("refuses to delete what is unsent at sign-out, and says where it goes", async () => {
    await setStage({ hash: "#/settings/sign-out", isOnRound: true });
    await waitFor(() => expect(screen.getByTestId("sign-out-unsent").textContent).toContain("tas inte bort"));
    expect(screen.queryByTestId("sign-out")).toBeNull();
  });
});
