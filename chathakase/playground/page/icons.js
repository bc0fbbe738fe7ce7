/** The page's icons: strokes on a grid of 24. */

const PATHS = {
  hash: "M9 4 7 20M17 4l-2 16M4.5 9h16M3.5 15h16",
  lock: "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3",
  people:
    "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2.5 20a6.5 6.5 0 0 1 13 0M16 4.5a3.5 3.5 0 0 1 0 6.5M18 14.5a6.5 6.5 0 0 1 3.5 5.5",
  smile: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM8.5 14a4 4 0 0 0 7 0M9 9.5v.01M15 9.5v.01",
  reply: "M4 5h16v11H11l-5 4v-4H4z",
  edit: "M4 20h4L19 9l-4-4L4 16zM13 7l4 4",
  trash: "M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13M10 11v5M14 11v5",
  more: "M4.200 12a.8.8 0 1 0 1.600 0 .8.8 0 1 0-1.600 0zM11.200 12a.8.8 0 1 0 1.600 0 .8.8 0 1 0-1.600 0zM18.200 12a.8.8 0 1 0 1.600 0 .8.8 0 1 0-1.600 0z",
  close: "M6 6l12 12M18 6 6 18",
  send: "M4 4l17 8-17 8 3-8zM7 12h8",
  clip: "M19 11l-7.5 7.5a4.5 4.5 0 0 1-6.5-6.5L13 4a3 3 0 0 1 4.5 4.5l-8 8a1.5 1.5 0 0 1-2-2L14.500 7.5",
  menu: "M4 6h16M4 12h16M4 18h16",
  moon: "M20 14.500A8.500 8.500 0 0 1 9.500 4a8.500 8.500 0 1 0 10.500 10.500z",
  sun: "M12 16.500a4.500 4.500 0 1 0 0-9 4.500 4.500 0 0 0 0 9zM12 2v2.500M12 19.500V22M2 12h2.500M19.500 12H22M5 5l1.700 1.700M17.300 17.300 19 19M5 19l1.700-1.700M17.300 6.700 19 5",
  pulse: "M3 12h4l3-8 4 16 3-8h4",
  bolt: "M13 3 5 14h6l-1 7 8-11h-6z",
  at: "M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM16 8v5.500a2.500 2.500 0 0 0 5 0V12a9 9 0 1 0-3.500 7",
  slash: "M15 4 9 20",
  down: "M6 9l6 6 6-6",
  left: "M15 5l-7 7 7 7",
  arrow: "M12 5v14M6 13l6 6 6-6",
  eye: "M2.500 12S6 5.500 12 5.500 21.500 12 21.500 12 18 18.500 12 18.500 2.500 12 2.500 12zM12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6z",
  thumbup: "M7 11v9H4v-9zM7 11l4-8a2 2 0 0 1 2 2v4h6l-1.500 11H7",
  thumbdown: "M7 13V4H4v9zM7 13l4 8a2 2 0 0 0 2-2v-4h6L17.500 4H7",
  pause: "M8 5v14M16 5v14",
  play: "M7 5l12 7-12 7z",
  file: "M6 3h8l4 4v14H6zM14 3v4h4",
  link: "M10 14a4 4 0 0 0 6 0l3-3a4 4 0 0 0-6-6l-1 1M14 10a4 4 0 0 0-6 0l-3 3a4 4 0 0 0 6 6l1-1",
  check: "M5 12.500l4.500 4.500L19 7.500",
  warning: "M12 4 2.500 20h19zM12 10v5M12 17.500v.01",
  info: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 11v6M12 7.500v.01",
  home: "M4 11l8-7 8 7M6 9.500V20h12V9.500M10 20v-6h4v6",
  plus: "M12 5v14M5 12h14",
  copy: "M8 8h12v12H8zM16 8V4H4v12h4",
};

const SVG = "http://www.w3.org/2000/svg";

/**
 * An icon, hidden from screen readers: what it stands for is said by its button.
 * @param {keyof typeof PATHS} name
 */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  for (const [key, value] of Object.entries({
    viewBox: "0 0 24 24",
    class: "icon",
    "aria-hidden": "true",
    focusable: "false",
  })) {
    svg.setAttribute(key, value);
  }
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name] ?? PATHS.more);
  svg.append(path);
  return svg;
}
