/**
 * Pieces of the path network are chosen by a click on the map or a tick in the list, for one form. The list shows a part of
 * them; what is chosen elsewhere on the map is named in the form, and taken away there.
 */

import type { Map as MapLibreMap } from "maplibre-gl";
import { around, pointAtLayers } from "./pointing.ts";

const LAYERS = ["pieces", "pieces-out"];

export function choose(map: MapLibreMap, pieces: GeoJSON.FeatureCollection): void {
  const form = document.querySelector<HTMLFormElement>("[data-chosen]");
  if (form === null) return;
  const labels = new Map(pieces.features.map(({ properties }) => [String(properties?.id), String(properties?.label)]));
  const boxes = new Map(
    [...document.querySelectorAll<HTMLInputElement>("input[name=pieces]")].map((box) => [box.value, box]),
  );
  const chosen = new Set([...boxes.values()].filter((box) => box.checked).map((box) => box.value));

  const show = (): void => {
    if (map.getLayer("pieces-chosen") !== undefined) {
      map.setFilter("pieces-chosen", ["in", ["get", "id"], ["literal", [...chosen]]]);
    }
    say(form, chosen.size);
    list(
      form,
      labels,
      [...chosen].filter((id) => !boxes.has(id)),
      toggle,
    );
  };
  const toggle = (id: string): void => {
    if (!chosen.delete(id)) chosen.add(id);
    const box = boxes.get(id);
    if (box !== undefined) box.checked = chosen.has(id);
    show();
  };
  for (const box of boxes.values()) box.addEventListener("change", () => toggle(box.value));
  map.on("click", (event) => {
    const [piece] = map.queryRenderedFeatures(around(event.point), { layers: LAYERS });
    if (piece !== undefined) toggle(String(piece.properties.id));
  });
  pointAtLayers(map, LAYERS);
  // A change of theme draws the map anew.
  map.on("style.load", show);
  show();
}

function say(form: HTMLFormElement, count: number): void {
  const words = form.querySelector<HTMLElement>("[data-chosen-words]");
  if (words === null) return;
  const { none, one, many } = words.dataset;
  words.textContent = (count === 0 ? none : count === 1 ? one : many?.replace("{n}", String(count))) ?? "";
}

/** Name the chosen pieces that are not in the list beside, each with what takes it away. */
function list(
  form: HTMLFormElement,
  labels: ReadonlyMap<string, string>,
  ids: readonly string[],
  toggle: (id: string) => void,
): void {
  const lines = form.querySelector<HTMLElement>("[data-chosen-list]");
  if (lines === null) return;
  lines.hidden = ids.length === 0;
  lines.replaceChildren(
    ...ids.map((id) => {
      const line = document.createElement("li");
      const tick = document.createElement("div");
      tick.className = "tick";
      const box = document.createElement("input");
      Object.assign(box, { type: "checkbox", name: "pieces", value: id, checked: true, id: `chosen-${id}` });
      box.addEventListener("change", () => toggle(id));
      const label = document.createElement("label");
      label.htmlFor = box.id;
      label.textContent = labels.get(id) ?? "";
      tick.append(box, label);
      line.append(tick);
      return line;
    }),
  );
}
