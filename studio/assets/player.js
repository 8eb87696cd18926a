// A morph: played forth and back in a canvas, with a scrubber, and as a strip. Runs once, after
// ink.js.

const words = props.words;
const screen = element.querySelector(".screen");
const strip = element.querySelector(".strip");
const scrub = element.querySelector("input[type=range]");
const button = element.querySelector(".play");

const DURATION = 1800; // milliseconds from one end to the other
const REST = 500; // at each end
const STRIP = 10; // frames on the strip, at most

let frames = [];
let playing = !calm;
let began = performance.now();
let shown = -1;

function load() {
  const bytes = bytesOf(props.value.pixels);
  frames = Array.from({ length: bytes.length / 784 }, (_, index) => inkOf(bytes, index));
  scrub.max = frames.length - 1;
  screen.setAttribute("aria-label", props.value.description);
  const count = Math.min(STRIP, frames.length);
  strip.replaceChildren(
    ...Array.from({ length: count }, (_, i) => {
      const canvas = document.createElement("canvas");
      canvas.width = canvas.height = 112;
      drawInk(canvas, frames[Math.round((i * (frames.length - 1)) / (count - 1))]);
      return canvas;
    }),
  );
  shown = -1;
  began = performance.now();
  if (!playing) show(Number(scrub.value));
}

function show(index) {
  if (index === shown || !frames.length) return;
  shown = Math.min(index, frames.length - 1);
  drawInk(screen, frames[shown]);
  scrub.value = shown;
}

function tick(now) {
  if (!element.isConnected) return;
  if (playing && screen.clientWidth) {
    const round = 2 * (DURATION + REST);
    const t = (now - began) % round;
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
watch("value", load);
load();
play(playing);
requestAnimationFrame(tick);
