/** Whether this browser can draw the map; asked before the map is loaded. */

let answer: boolean | null = null;

export function canDraw(): boolean {
  answer ??= document.createElement("canvas").getContext("webgl2") != null;
  return answer;
}
