// A morph: played forth and back in a canvas, with a scrubber, what the reader takes each frame for,
// and as a strip. Runs once, after ink.js.

const words = props.words;
const screen = element.querySelector(".screen");
const strip = element.querySelector(".strip");
const scrub = element.querySelector("input[type=range]");
const button = element.querySelector(".play");
const chart = element.querySelector(".chart");
const now = element.querySelector(".now");
const told = element.querySelector(".problem");
const films = element.querySelectorAll(".film");

const DURATION = 1800; // milliseconds from one end to the other
const REST = 500; // at each end
const STRIP = 10; // frames on the strip, at most
const WIDE = 400; // of the chart's own units
const HIGH = 80;

let frames = [];
let chances = []; // of each frame, ten in 0..1
let playing = !calm;
let began = performance.now();
let shown = -1;

function load(value) {
  const bytes = bytesOf(value.pixels);
  frames = Array.from({ length: bytes.length / 784 }, (_, index) => inkOf(bytes, index));
  const all = bytesOf(value.chances);
  chances = frames.map((_, i) => Array.from(all.slice(10 * i, 10 * (i + 1)), (p) => p / 255));
  scrub.max = frames.length - 1;
  screen.setAttribute("aria-label", value.description);
  const count = Math.min(STRIP, frames.length);
  strip.replaceChildren(
    ...Array.from({ length: count }, (_, i) =>
      digitCanvas(bytes, Math.round((i * (frames.length - 1)) / (count - 1)), 112),
    ),
  );
  drawChart();
  shown = -1;
  began = performance.now();
  if (!playing) show(Number(scrub.value));
  for (const key of films) key.disabled = false;
}

// -- ten probabilities, one line a digit, named where it is highest ----------------------------------

const svg = (tag, attributes) => {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  return node;
};
const across = (frame) => (frame / Math.max(1, frames.length - 1)) * WIDE;
const up = (p) => HIGH * (1 - p);

function drawChart() {
  const parts = [svg("path", { class: "axis", d: `M0 ${HIGH}H${WIDE}` })];
  for (let digit = 0; digit < 10; digit++) {
    const line = chances.map((of) => of[digit]);
    const most = Math.max(...line);
    if (most < 0.1) continue; // never in question
    const points = line.map((p, i) => `${across(i).toFixed(1)},${up(p).toFixed(1)}`).join(" ");
    parts.push(svg("polyline", { points }));
    const peaks = [...line.keys()].filter((i) => line[i] > 0.98 * most);
    const peak = peaks[Math.floor(peaks.length / 2)];
    const name = svg("text", {
      x: Math.min(WIDE - 8, Math.max(8, across(peak))),
      y: up(most) + (most > 0.8 ? 16 : -5),
      "text-anchor": "middle",
    });
    name.textContent = digit;
    parts.push(name);
  }
  parts.push(svg("path", { class: "cursor", d: `M0 -2V${HIGH}` }));
  chart.replaceChildren(...parts);
}

function show(index) {
  if (index === shown || !frames.length) return;
  shown = Math.min(index, frames.length - 1);
  fitScreen(screen);
  drawInk(screen, frames[shown]);
  scrub.value = shown;
  chart.querySelector(".cursor")?.setAttribute("transform", `translate(${across(shown)} 0)`);
  const of = chances[shown];
  const best = of.indexOf(Math.max(...of));
  const sentence = words.read_as.replace("{label}", best).replace("{percent}", Math.round(100 * of[best]));
  now.textContent = sentence;
  scrub.setAttribute("aria-valuetext", sentence);
}

function tick(time) {
  if (!element.isConnected) return;
  if (playing && screen.clientWidth) {
    const round = 2 * (DURATION + REST);
    const t = (time - began) % round;
    const forth = Math.min(t, round / 2) / DURATION;
    const back = Math.max(0, t - round / 2) / DURATION;
    const place = Math.min(1, forth) - Math.min(1, back);
    show(Math.round(place * (frames.length - 1)));
  }
  requestAnimationFrame(tick);
}

function play(on) {
  playing = on;
  button.textContent = on ? words.pause : words.play;
  if (on) began = performance.now();
}

button.addEventListener("click", () => play(!playing));
scrub.addEventListener("input", () => {
  play(false);
  show(Number(scrub.value));
});

for (const key of films) {
  key.addEventListener("click", async () => {
    let answer;
    try {
      answer = await server.film([current().pixels, key.value]);
    } catch {
      answer = undefined;
    }
    told.textContent = answer?.file ? "" : (answer?.error ?? words.no_answer);
    if (answer?.file) save(`data:image/${key.value};base64,${answer.file}`, `morph.${key.value}`);
  });
}

const current = follow(told, load);
play(playing);
requestAnimationFrame(tick);
