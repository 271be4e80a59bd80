/** Categories as tiles: the likely ones first, then the groups, two levels. */

import { useEffect, useRef, useState } from "preact/hooks";
import { suggestCategories } from "../../domain/suggest";
import type { CategoryBody, Row } from "../../domain/types";
import { t } from "../../i18n";
import { Button } from "../../ui/button";
import { Section } from "../../ui/parts";
import { type Session, useSession } from "../context";
import { categoryName, known } from "../words";
import { isOffered } from "./record";

const LIKELY_COUNT = 6;

interface CategoryPickerProps {
  want: "damage" | "observation";
  onPick: (category: CategoryBody) => void;
}

export function CategoryPicker({ want, onPick }: CategoryPickerProps) {
  const session = useSession();
  const [group, setGroup] = useState<string | null>(null);
  const likely = likelyCategories(session, want);
  const groups = groupsOf(session.source.value.rows.category.values());
  if (groups.size === 0) return <p>{t("category.none_yet")}</p>;
  if (group !== null) {
    return <Group name={group} categories={groups.get(group) ?? []} onPick={onPick} onLeave={() => setGroup(null)} />;
  }
  return (
    <>
      <Section title={t("category.likely")}>
        <Tiles categories={likely} onPick={onPick} />
      </Section>
      <Section title={t("category.groups")}>
        <div class="tiles">
          {[...groups.keys()].map((code) => (
            <button
              key={code}
              type="button"
              class="tile tile-group"
              onClick={() => setGroup(code)}
              data-testid={`group-${code}`}
            >
              {known("group", code, code)}
            </button>
          ))}
        </div>
      </Section>
    </>
  );
}

function Group(props: {
  name: string;
  categories: CategoryBody[];
  onPick: (c: CategoryBody) => void;
  onLeave: () => void;
}) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <section class="section">
      <div class="section-head">
        <h2 ref={heading} tabIndex={-1}>
          {known("group", props.name, props.name)}
        </h2>
        <Button icon="back" onPress={props.onLeave} testid="groups-back">
          {t("category.all_groups")}
        </Button>
      </div>
      <Tiles categories={props.categories} onPick={props.onPick} />
    </section>
  );
}

function Tiles({
  categories,
  onPick,
}: {
  categories: readonly CategoryBody[];
  onPick: (category: CategoryBody) => void;
}) {
  return (
    <div class="tiles">
      {categories.map((category) => (
        <button
          key={category.code}
          type="button"
          class={category.severity === 4 ? "tile tile-urgent" : "tile"}
          onClick={() => onPick(category)}
          data-testid={`category-${category.code}`}
        >
          {breakable(categoryName(category))}
          {category.severity === 4 && <span class="soft">{t("category.urgent")}</span>}
        </button>
      ))}
    </div>
  );
}

/** Let a name break after a slash: "sight/vegetation" is wider than a tile. */
function breakable(name: string): string {
  return name.replaceAll("/", "/\u200b");
}

function likelyCategories(session: Session, want: "damage" | "observation"): CategoryBody[] {
  const { rows } = session.source.value;
  const { place } = session.here.value;
  const suggested = suggestCategories(rows.category.values(), {
    want,
    place_kind: (place && rows.place.get(place)?.body.kind) || null,
    records: session.picture.value.records,
  });
  return suggested
    .map((row) => row.body)
    .filter(isOffered)
    .slice(0, LIKELY_COUNT);
}

/** Categories by group, in their own order. */
function groupsOf(rows: Iterable<Row<"category">>): Map<string, CategoryBody[]> {
  const categories = [...rows].map((row) => row.body).filter(isOffered);
  categories.sort((a, b) => a.sort - b.sort || a.code.localeCompare(b.code));
  const groups = new Map<string, CategoryBody[]>();
  for (const category of categories) {
    const members = groups.get(category.group) ?? [];
    members.push(category);
    groups.set(category.group, members);
  }
  return groups;
}
