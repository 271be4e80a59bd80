/** The app's line drawings on a 24-unit grid. Always decoration: the words beside them carry the meaning. */

const DRAWINGS = {
  alert: "M12 3.5 2.6 20h18.8zM12 9.5v5M12 17.2v.3",
  back: "M14.5 5 8 12l6.5 7",
  calm: "M4 12.6 9.4 18 20 6.5",
  camera: "M3.5 8h4L9 5.5h6L16.5 8h4v11.5h-17zM12 17a3.4 3.4 0 1 0 0-6.8 3.4 3.4 0 0 0 0 6.8z",
  change: "M4 20h4L19.5 8.5l-4-4L4 16zM13.5 6.5l4 4",
  clock: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7v5.2l3.4 2",
  close: "M5.5 5.5l13 13M18.5 5.5l-13 13",
  cloud: "M7 18.5a4.3 4.3 0 0 1-.3-8.6 5.6 5.6 0 0 1 10.8 1.3 3.7 3.7 0 0 1-.4 7.3z",
  darken: "M20 14.2A8.4 8.4 0 0 1 9.8 4 8.4 8.4 0 1 0 20 14.2z",
  down: "M5 9.5 12 16l7-6.5",
  eye: "M2.5 12S6 5.8 12 5.8 21.5 12 21.5 12 18 18.2 12 18.2 2.5 12 2.5 12zM12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6z",
  file: "M6 3.5h8l4.5 4.5v12.5H6zM14 3.5V8h4.5",
  gallery: "M3.5 5h17v14h-17zM4 17l5-5.5 4 4 2.5-2.5 4.5 4.5M15.5 10a1.2 1.2 0 1 0 0-2.4 1.2 1.2 0 0 0 0 2.4z",
  gap: "M3 12h4M10.2 12h3.6M17 12h4",
  heading: "M12 3 5 20l7-4 7 4z",
  install: "M12 3.5v11M7.5 10.5 12 15l4.5-4.5M4.5 16v4.5h15V16",
  lamp: "M9 18.5h6M10 21h4M8.5 15.5a6 6 0 1 1 7 0v1h-7z",
  leave: "M10.5 4H4.5v16h6M9.5 12h11M16 7.5l4.5 4.5-4.5 4.5",
  list: "M8.5 6h12M8.5 12h12M8.5 18h12M4 6h.3M4 12h.3M4 18h.3",
  locate: "M12 18a6 6 0 1 0 0-12 6 6 0 0 0 0 12zM12 2.5V6M12 18v3.5M2.5 12H6M18 12h3.5",
  lock: "M6 10.5h12v10H6zM8.5 10.5V7.2a3.5 3.5 0 0 1 7 0v3.3",
  map: "M9 4.5 3.5 7v12.5L9 17l6 2.5 5.5-2.5V4.5L15 7zM9 4.5V17M15 7v12.5",
  minus: "M5 12h14",
  next: "M9.5 5 16 12l-6.5 7",
  north: "M12 3.5v17M6.5 9 12 3.5 17.5 9M8 20.5h8",
  outbox: "M12 15V4.5M7.5 8.5 12 4l4.5 4.5M4 13.5v6.5h16v-6.5",
  pause: "M8.5 5.5v13M15.5 5.5v13",
  phone: "M5 4h4l1.8 4.8-2.4 1.7a12.5 12.5 0 0 0 5.1 5.1l1.7-2.4L20 15v4.2c-7.5 1.4-16.4-7.5-15-15.2z",
  phone_device: "M7 2.8h10v18.4H7zM11 18.2h2",
  place: "M12 21.5s7-6.6 7-11.6a7 7 0 0 0-14 0c0 5 7 11.6 7 11.6zM12 12.4a2.6 2.6 0 1 0 0-5.2 2.6 2.6 0 0 0 0 5.2z",
  plus: "M12 5v14M5 12h14",
  resume: "M8 5.2v13.6L19 12z",
  round:
    "M6.5 19.5a2 2 0 1 0 0-4 2 2 0 0 0 0 4zM17.5 8.5a2 2 0 1 0 0-4 2 2 0 0 0 0 4zM8.5 17.5h7a3 3 0 0 0 0-6h-7a3 3 0 0 1 0-6h7",
  scan: "M4 8.5V4h4.5M15.5 4H20v4.5M20 15.5V20h-4.5M8.5 20H4v-4.5M8 8h3v3H8zM13.5 8H16M16 11h-2.5M8 13.5h3V16H8zM14 14v2M16 14v2",
  search: "M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM15.2 15.2l5.3 5.3",
  settings:
    "M4 7.5h9M17.5 7.5H20M4 16.5h2.5M11 16.5h9M15.2 9.7a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.4zM8.8 18.7a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.4z",
  share: "M12 14.5v-11M8.5 6.5 12 3l3.5 3.5M8 10H5.5v10.5h13V10H16",
  stop: "M6.5 6.5h11v11h-11z",
  sun: "M12 16.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M5.3 18.7l1.4-1.4M17.3 6.7l1.4-1.4",
  up: "M5 15.5 12 9l7 6.5",
  undo: "M8.5 5 4 9.5 8.5 14M4.5 9.5H14a5.2 5.2 0 0 1 0 10.4h-3",
  user: "M12 11.5a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 20.5a7.5 7.5 0 0 1 15 0",
} as const;

export type IconName = keyof typeof DRAWINGS;

export function Icon({ name, big = false }: { name: IconName; big?: boolean }) {
  return (
    <svg class={big ? "icon icon-big" : "icon"} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={DRAWINGS[name]} />
    </svg>
  );
}
