// The map: a plane of digits. Its decoder runs here, so that nothing is asked while one moves over it.
// Runs once, after ink.js and digits.js, when the tab is first opened.

const words = props.words;
const plane = element.querySelector(".plane");
const marks = element.querySelector(".marks");
const big = element.querySelector(".here");
const kept = element.querySelector(".kept");
const told = element.querySelector(".told");
const named = element.querySelector("figcaption");
const settleTabs = walkable(kept);

const REACH = 3.2; // the plane's edge, in standard deviations of the prior
const NEIGHBOURS = 15; // real digits that name a place
const FAR = 0.6; // from the nearest of them, in standard deviations: nobody writes like that
const TILES = 18; // digits along each side of the picture of the plane
const COLOURS = ["#000000", "#e69f00", "#56b4e9", "#009e73", "#d0b000", "#0072b2", "#d55e00", "#cc79a7", "#8a8a8a", "#882255"];

let layers = [];
let places = new Float32Array();
let labels = [];
let at = [0, 0];
let wanted = true;

const floats = (text) => new Float32Array(bytesOf(text).buffer);

function decode(x, y) {
  let h = Float32Array.of(x, y);
  layers.forEach(({ rows, weights, scales, bias }, index) => {
    const columns = h.length;
    const out = new Float32Array(rows);
    for (let row = 0; row < rows; row++) {
      let sum = 0;
      for (let column = 0, i = row * columns; column < columns; column++, i++) {
        sum += weights[i] * h[column];
      }
      out[row] = sum * scales[row] + bias[row];
      if (index < layers.length - 1) out[row] = Math.max(0, out[row]);
    }
    h = out;
  });
  const bytes = new Uint8Array(h.length);
  for (let i = 0; i < h.length; i++) bytes[i] = Math.round(255 / (1 + Math.exp(-h[i])));
  return bytes;
}

// Places are in the plane, x to the right and y up; pixels are not.
const toPixels = ([x, y], side) => [((x + REACH) / (2 * REACH)) * side, ((REACH - y) / (2 * REACH)) * side];

function paintPlane() {
  const side = (plane.width = plane.height = TILES * 28);
  const context = plane.getContext("2d");
  for (let row = 0; row < TILES; row++) {
    for (let column = 0; column < TILES; column++) {
      const x = ((column + 0.5) / TILES) * 2 * REACH - REACH;
      const y = REACH - ((row + 0.5) / TILES) * 2 * REACH;
      context.drawImage(inkOf(decode(x, y), 0), (column * side) / TILES, (row * side) / TILES);
    }
  }
}

function paintMarks() {
  const side = (marks.width = marks.height = 900);
  const context = marks.getContext("2d");
  context.clearRect(0, 0, side, side);
  const night = document.body.classList.contains("dark");
  labels.forEach((label, i) => {
    context.fillStyle = night && label === 0 ? "#ffffff" : COLOURS[label];
    const [x, y] = toPixels([places[2 * i], places[2 * i + 1]], side);
    context.beginPath();
    context.arc(x, y, 4, 0, 2 * Math.PI);
    context.fill();
  });
}

// What a place is called: after the real digits around it, of which most are one, or else two.
function regionOf([x, y]) {
  const near = labels
    .map((label, i) => ({ label, far: Math.hypot(places[2 * i] - x, places[2 * i + 1] - y) }))
    .sort((a, b) => a.far - b.far)
    .slice(0, NEIGHBOURS);
  if (!near.length) return "";
  if (near[0].far > FAR) return words.nowhere;
  const counts = Array(10).fill(0);
  for (const { label } of near) counts[label]++;
  const [first, second] = [...counts.keys()].sort((a, b) => counts[b] - counts[a]);
  if (counts[first] >= 0.8 * near.length) return words.among.replace("{label}", first);
  return words.between
    .replace("{first}", Math.min(first, second))
    .replace("{second}", Math.max(first, second));
}

function show() {
  requestAnimationFrame(show);
  if (!wanted || !layers.length) return;
  wanted = false;
  fitScreen(big);
  drawInk(big, inkOf(decode(...at), 0));
  const region = regionOf(at);
  if (named.textContent !== region) named.textContent = region;
  const [x, y] = toPixels(at, 100);
  const cross = element.querySelector(".cross");
  cross.style.left = `${x}%`;
  cross.style.top = `${y}%`;
}

function moveTo(x, y) {
  at = [x, y].map((value) => Math.min(REACH, Math.max(-REACH, value)));
  wanted = true;
}

function placeOf(event) {
  const box = plane.getBoundingClientRect();
  return [
    ((event.clientX - box.left) / box.width) * 2 * REACH - REACH,
    REACH - ((event.clientY - box.top) / box.height) * 2 * REACH,
  ];
}

function keep() {
  const bytes = decode(...at);
  const [x, y] = at.map((value) => value.toFixed(2));
  const title = words.kept_at
    .replace("{x}", x)
    .replace("{y}", y)
    .replace("{region}", regionOf(at));
  kept.prepend(digitButton({ bytes, label: null, name: `map-${x}-${y}` }, 112, title, words));
  while (kept.children.length > 20) kept.lastChild.remove();
  settleTabs();
  told.textContent = words.kept;
}

plane.addEventListener("pointermove", (event) => moveTo(...placeOf(event)));
plane.addEventListener("pointerdown", (event) => {
  moveTo(...placeOf(event));
  if (event.pointerType !== "mouse") plane.setPointerCapture(event.pointerId);
});
plane.addEventListener("click", (event) => {
  moveTo(...placeOf(event));
  keep();
});
plane.addEventListener("keydown", (event) => {
  const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
  if (step) moveTo(at[0] + 0.1 * step[0], at[1] + 0.1 * step[1]);
  else if (event.key === "Enter" || event.key === " ") keep();
  else return;
  event.preventDefault();
});

for (const [digit, item] of [...element.querySelectorAll(".legend li")].entries()) {
  item.style.setProperty("--colour", digit ? COLOURS[digit] : "var(--ink)");
}

(async () => {
  const sent = await server.send();
  if (!sent) {
    told.textContent = words.no_answer;
    return;
  }
  layers = sent.layers.map((layer) => ({
    rows: layer.rows,
    weights: new Int8Array(bytesOf(layer.weights).buffer),
    scales: floats(layer.scales),
    bias: floats(layer.bias),
  }));
  places = floats(sent.places);
  labels = sent.labels;
  paintPlane();
  paintMarks();
  element.querySelector(".map").dataset.ready = "yes";
  show();
})();
