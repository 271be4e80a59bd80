/** What befalls the server and its office: backups and restores, people who lose their rights, devices that are lost. */

import type { Chance } from "./chance";
import type { Hosts } from "./host";
import type { Network } from "./network";
import type { Phone } from "./phone";
import type { Server } from "./server";

const FATES = {
  work: 3,
  backup: 3,
  backup_rows: 1,
  backup_files: 1,
  verify: 1,
  restore: 1.6,
  comment: 0.7,
  recategorise: 0.7,
  limit: 0.6,
  shut_out: 0.25,
  forbid: 0.25,
  restore_user: 0.5,
  lost: 0.12,
  stolen: 0.12,
  sign_out: 0.3,
  sign_in: 0.4,
} as const;
type FateName = keyof typeof FATES;

export class Fate {
  #isWithoutRights = false;
  #hasRows = false;
  #hasFiles = false;

  constructor(
    readonly chance: Chance,
    readonly server: Server,
    readonly network: Network,
    readonly hosts: Hosts,
    readonly phones: readonly Phone[],
    readonly note: (what: string) => void,
  ) {}

  befall(): void {
    const fate = this.chance.weigh(FATES);
    this.note(`fate ${fate}`);
    this.#meet(fate);
  }

  /** What was made smaller is as large as it was. Whoever lost a right gets it back, mostly: an office may mean what it did. */
  makeAmends(): void {
    this.server.goOn(false);
    this.server.limit(null, null);
    if (this.chance.is(0.6)) this.#restoreUsers();
    for (const phone of this.phones) for (const { device } of phone.entries) this.server.office("sign_in", device);
  }

  #meet(fate: FateName): void {
    switch (fate) {
      case "work":
        this.note(
          `  ${this.server.work(this.chance.is(0.25) ? { what: "statement", at: 1 + this.chance.below(20) } : null)}`,
        );
        break;
      case "backup":
      case "backup_rows":
      case "backup_files":
      case "verify":
        this.#backUp(fate);
        break;
      case "restore":
        this.note(`  ${this.server.backup("restore")}`);
        break;
      case "comment":
      case "recategorise":
        this.#office(fate);
        break;
      case "limit":
        if (this.chance.is(0.5)) this.server.limit(1_500, 3);
        else this.server.limit(null, null);
        break;
      case "shut_out":
      case "forbid":
        this.#takeRights(fate);
        break;
      case "restore_user":
        this.#restoreUsers();
        break;
      case "lost":
      case "stolen":
        this.#revoke(fate);
        break;
      case "sign_out":
      case "sign_in":
        this.#signSomebody(fate === "sign_in" ? "in" : "out");
        break;
    }
  }

  #backUp(fate: "backup" | "backup_rows" | "backup_files" | "verify"): void {
    const isAll = fate === "backup";
    if (isAll || fate === "backup_rows") {
      this.server.backup("rows");
      this.#hasRows = true;
      this.#hasFiles = false;
    }
    if (isAll || (fate === "backup_files" && this.#hasRows)) {
      this.server.backup("files");
      this.#hasFiles = true;
    }
    if (isAll || (fate === "verify" && this.#hasFiles)) this.note(`  verified ${this.server.backup("verify")}`);
  }

  #office(fate: "comment" | "recategorise"): void {
    const about = this.hosts.any("record");
    if (about !== null) this.note(`  ${this.server.office(fate, about)}`);
  }

  #takeRights(fate: "shut_out" | "forbid"): void {
    const phone = this.chance.pick(this.phones);
    const { entry } = phone;
    if (entry === undefined) return;
    this.server.office(fate, entry.login);
    this.#isWithoutRights = true;
    for (const one of this.phones) {
      for (const known of one.entries) if (known.login === entry.login) one.toldOf(known).wasRestricted = true;
    }
  }

  #restoreUsers(): void {
    if (!this.#isWithoutRights) return;
    // Every one of them: a restore may have brought a loss of rights back that had been undone.
    for (const login of ["amina", "bertil"]) this.server.office("restore_user", login);
  }

  #revoke(fate: "lost" | "stolen"): void {
    const { phone, entry } = this.#somebody();
    if (entry === undefined) return;
    this.server.office(fate, entry.device);
    const told = phone.toldOf(entry);
    told.wasRestricted = true;
    if (fate === "stolen") told.isStolen = true;
  }

  #signSomebody(where: "in" | "out"): void {
    const { entry } = this.#somebody();
    if (entry !== undefined) this.server.office(`sign_${where}`, entry.device);
  }

  #somebody() {
    const phone = this.chance.pick(this.phones);
    return { phone, entry: phone.entry };
  }
}
