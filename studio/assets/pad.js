// The drawing pad and its reading. Runs once, after ink.js, with Gradio's `element`, `props` and
// `server`. Strokes are lists of points in 0..1 of the pad's side; the picture that is read is
// drawn from them anew, black on white, so that screen and theme do not matter.

const words = props.words;
const PEN = 0.06; // the pen's width, as a share of the pad's side
const SENT = 280; // pixels a side of a drawing that is sent
const LARGEST_SENT = 1024; // of an uploaded picture
const PAUSE = 80; // milliseconds between readings while drawing

const pad = element.querySelector("canvas.pad");
const invite = element.querySelector(".invite");
const numeral = element.querySelector(".numeral");
const verdict = element.querySelector(".certainty");
const problem = element.querySelector(".problem");
const marks = element.querySelector("canvas.marks"); // boxes and heat, over the drawing
const why = element.querySelector(".why");
const reason = element.querySelector(".reason");
const seen = element.querySelector(".seen canvas");
const columns = [...element.querySelectorAll(".bars li")];
const file = element.querySelector("input[type=file]");

let strokes = [];
let current = null; // the stroke under the pen
let picture = null; // an uploaded one, instead of strokes
let showing = false; // the unseen hand is drawing
let askingWhy = false;
let boxes = []; // of the digits of a number
let heat = null; // {map: canvas of 28x28, box} where somebody asks why

// -- drawing ------------------------------------------------------------------------------------

function drawStroke(context, stroke, side) {
  const at = (i) => [stroke[i][0] * side, stroke[i][1] * side];
  context.lineCap = context.lineJoin = "round";
  context.strokeStyle = context.fillStyle = "#000";
  if (stroke.length === 1) {
    context.beginPath();
    context.arc(...at(0), (stroke[0][2] * PEN * side) / 2, 0, 2 * Math.PI);
    context.fill();
    return;
  }
  // A Catmull-Rom spline: smooth at any speed of the hand, and through every point it left. A control
  // point lies a third of its segment's length away, so that short segments do not overshoot.
  const distance = (a, b) => Math.hypot(b[0] - a[0], b[1] - a[1]);
  const tangent = (from, to, [p, here, q]) => {
    const reach = distance(from, to) / 3 / (distance(p, here) + distance(here, q) || 1);
    return [reach * (q[0] - p[0]), reach * (q[1] - p[1])];
  };
  for (let i = 1; i < stroke.length; i++) {
    const [before, from, to, after] = [i - 2, i - 1, i, i + 1].map((k) =>
      at(Math.min(Math.max(k, 0), stroke.length - 1)),
    );
    const leave = tangent(from, to, [before, from, to]);
    const arrive = tangent(from, to, [from, to, after]);
    context.lineWidth = stroke[i][2] * PEN * side;
    context.beginPath();
    context.moveTo(...from);
    context.bezierCurveTo(
      from[0] + leave[0],
      from[1] + leave[1],
      to[0] - arrive[0],
      to[1] - arrive[1],
      ...to,
    );
    context.stroke();
  }
}

function fit(width, height, side) {
  const scale = side / Math.max(width, height);
  return [(side - width * scale) / 2, (side - height * scale) / 2, width * scale, height * scale];
}

function paint() {
  const side = Math.round(pad.clientWidth * (window.devicePixelRatio || 1));
  if (!side) return; // on a tab that is not open
  if (pad.width !== side) pad.width = pad.height = side;
  const context = pad.getContext("2d");
  context.clearRect(0, 0, side, side);
  if (picture) context.drawImage(picture, ...fit(picture.width, picture.height, side));
  for (const stroke of strokes) drawStroke(context, stroke, side);
  pad.classList.toggle("photo", picture !== null);
  invite.hidden = strokes.length > 0 || picture !== null;
  mark();
}

// -- boxes around digits, and what speaks for a reading ------------------------------------------

// Where a point of the picture that was sent lies on a pad of `side` pixels.
function placed(side) {
  const [width, height] = picture ? [picture.width, picture.height] : [SENT, SENT];
  const [left, top, shown] = fit(width, height, side);
  const scale = shown / width;
  return ([a, b, c, d]) => [left + a * scale, top + b * scale, (c - a) * scale, (d - b) * scale];
}

function mark() {
  const side = pad.width;
  if (marks.width !== side) marks.width = marks.height = side;
  const context = marks.getContext("2d");
  context.clearRect(0, 0, side, side);
  const at = placed(side);
  const red = getComputedStyle(element).getPropertyValue("--red");
  if (heat) {
    context.imageSmoothingQuality = "high";
    context.drawImage(heat.map, ...at(heat.box));
    if (!picture) { // only the ink is coloured
      const ink = document.createElement("canvas");
      ink.width = ink.height = side;
      for (const stroke of strokes) drawStroke(ink.getContext("2d"), stroke, side);
      context.globalCompositeOperation = "destination-in";
      context.drawImage(ink, 0, 0);
    }
    context.globalCompositeOperation = "source-in";
    context.fillStyle = red;
    context.fillRect(0, 0, side, side);
    context.globalCompositeOperation = "source-over";
  }
  context.strokeStyle = red;
  context.lineWidth = Math.max(1, side / 250);
  const margin = side / 80;
  for (const box of boxes) {
    const [x, y, width, height] = at(box);
    context.strokeRect(x - margin, y - margin, width + 2 * margin, height + 2 * margin);
  }
}

async function explain() {
  if (!askingWhy || (!strokes.length && !picture)) {
    heat = null;
    return mark();
  }
  const asked = dataUrl();
  let answer;
  try {
    answer = await server.explain(asked);
  } catch {
    answer = undefined;
  }
  if (!answer) problem.textContent = words.no_answer;
  if (!askingWhy || asked !== dataUrl()) return; // the drawing went on
  heat = answer?.heat ? { map: inkOf(bytesOf(answer.heat), 0), box: answer.box } : null;
  mark();
}

why.addEventListener("click", () => {
  askingWhy = !askingWhy;
  why.setAttribute("aria-pressed", askingWhy);
  reason.hidden = !askingWhy;
  explain();
});

function dataUrl() {
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d");
  if (picture) {
    canvas.width = picture.width;
    canvas.height = picture.height;
    context.drawImage(picture, 0, 0);
    return canvas.toDataURL("image/webp", 0.92); // keeps transparency; PNG where it is not known
  }
  canvas.width = canvas.height = SENT;
  context.fillStyle = "#fff";
  context.fillRect(0, 0, SENT, SENT);
  for (const stroke of strokes) drawStroke(context, stroke, SENT);
  return canvas.toDataURL("image/png");
}

// -- reading ------------------------------------------------------------------------------------

let asking = false; // one request in flight; the newest drawing is what is asked next
let wanted = false;
let lastAsked = 0;
let timer = 0;

function read(now) {
  wanted = true;
  if (asking) return;
  clearTimeout(timer);
  const wait = now ? 0 : Math.max(0, PAUSE - (performance.now() - lastAsked));
  if (wait) timer = setTimeout(ask, wait);
  else ask();
}

async function ask() {
  if (asking || !wanted) return;
  wanted = false;
  if (!strokes.length && !picture) {
    show(null);
    return;
  }
  asking = true;
  lastAsked = performance.now();
  let answer;
  try {
    answer = await server.read(dataUrl());
  } catch {
    answer = undefined; // no connection; Gradio's own errors arrive as undefined, too
  }
  asking = false;
  if (!strokes.length && !picture) show(null); // cleared meanwhile
  else if (!answer) problem.textContent = words.no_answer;
  else if (answer.error) problem.textContent = answer.error;
  else show(answer);
  if (wanted) read(false);
}

function fill(sentence, a, b) {
  return sentence.replace("{a}", a).replace("{b}", b);
}

function show(reading) {
  problem.textContent = "";
  const blank = !reading || reading.blank;
  const number = reading?.number ?? [];
  const sure = !blank && (reading.label !== null || number.length > 0);
  const p = blank ? Array(10).fill(0) : reading.probabilities;
  const order = [...p.keys()].sort((a, b) => p[b] - p[a]);
  element.classList.toggle("unsure", !sure);
  const text = number.length ? number.map((digit) => digit.label).join("") : reading?.label;
  numeral.textContent = sure ? text : "";
  numeral.parentElement.classList.toggle("number", number.length > 0);
  numeral.style.setProperty("--length", number.length || 1);
  boxes = number.map((digit) => digit.box);
  heat = null;
  mark();
  if (askingWhy && !current) explain();
  if (blank) verdict.textContent = words.nothing;
  else if (!sure) verdict.textContent = words.no_digit;
  else if (number.length) {
    const least = Math.min(...number.map((digit) => digit.probability));
    verdict.textContent = fill(least >= 0.95 ? words.certain_number : words.probable_number, text);
  } else if (p[order[0]] >= 0.95) verdict.textContent = fill(words.certain, order[0]);
  else if (p[order[0]] >= 0.65) verdict.textContent = fill(words.probable, order[0]);
  else verdict.textContent = fill(words.torn, order[0], order[1]);
  // Of a number, each digit's column is as tall as the reader is sure of it.
  const heights = number.length ? Array(10).fill(0) : p;
  for (const { label, probability } of number) heights[label] = Math.max(heights[label], probability);
  columns.forEach((column, digit) => {
    const share = Math.round(100 * heights[digit]);
    column.style.setProperty("--p", heights[digit].toFixed(4));
    column.classList.toggle("best", sure && String(text).includes(digit));
    column.querySelector(".percent").textContent = blank ? "" : `${share} %`;
  });
  const context = seen.getContext("2d");
  context.clearRect(0, 0, 28, 28);
  if (!blank) context.drawImage(inkOf(bytesOf(reading.pixels), 0), 0, 0);
}

// -- the hand -----------------------------------------------------------------------------------

function point(event) {
  const box = pad.getBoundingClientRect();
  const width = event.pointerType === "pen" && event.pressure ? 0.5 + event.pressure : 1;
  return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height, width];
}

pad.addEventListener("pointerdown", (event) => {
  if (event.button !== 0 || current) return; // a second finger does not draw
  event.preventDefault();
  heat = null; // of a drawing that is being changed
  pad.focus({ preventScroll: true, focusVisible: false });
  pad.setPointerCapture(event.pointerId);
  if (showing || picture) wipe();
  current = [point(event)];
  current.pointer = event.pointerId;
  strokes.push(current);
  paint();
  read(false);
});

pad.addEventListener("pointermove", (event) => {
  if (!current || current.pointer !== event.pointerId) return;
  const events = event.getCoalescedEvents?.() ?? [];
  for (const each of events.length ? events : [event]) current.push(point(each));
  paint();
  read(false);
});

for (const end of ["pointerup", "pointercancel"]) {
  pad.addEventListener(end, (event) => {
    if (!current || current.pointer !== event.pointerId) return;
    current = null;
    read(true);
  });
}

function wipe() {
  showing = false;
  strokes = [];
  current = null;
  picture = null;
}

function clear() {
  wipe();
  paint();
  read(true);
}

function undo() {
  if (showing || picture) return clear();
  strokes.pop();
  current = null;
  paint();
  read(true);
}

element.querySelector(".undo").addEventListener("click", undo);
element.querySelector(".clear").addEventListener("click", clear);
pad.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z") undo();
  else if (event.key === "Escape") clear();
  else return;
  event.preventDefault();
});

// -- pictures from elsewhere --------------------------------------------------------------------

async function open(blob) {
  let bitmap;
  try {
    bitmap = await createImageBitmap(blob); // turns a photo the way its EXIF says
  } catch {
    problem.textContent = words.no_picture;
    return;
  }
  const scale = Math.min(1, LARGEST_SENT / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  const context = canvas.getContext("2d");
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  wipe();
  picture = canvas;
  paint();
  read(true);
}

element.querySelector(".upload").addEventListener("click", () => file.click());
file.addEventListener("change", () => {
  if (file.files[0]) open(file.files[0]);
  file.value = ""; // so that the same file can be chosen again
});
element.addEventListener("dragover", (event) => event.preventDefault());
element.addEventListener("drop", (event) => {
  event.preventDefault();
  const dropped = [...event.dataTransfer.files][0];
  if (dropped) open(dropped);
});
document.addEventListener("paste", (event) => {
  const pasted = [...event.clipboardData.files].find((each) => each.type.startsWith("image/"));
  if (pasted && pad.clientWidth) open(pasted);
});

// -- the unseen hand: the page answers before it is asked ------------------------------------------

async function demonstrate() {
  showing = true;
  const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  for (const path of props.opening) {
    const stroke = [];
    for (const [x, y] of path) {
      if (!showing) return;
      if (!stroke.length) strokes.push(stroke);
      stroke.push([x, y, 1]);
      if (calm) continue;
      paint();
      read(false);
      await pause(16);
    }
  }
  paint();
  read(true);
}

new ResizeObserver(paint).observe(pad);
show(null);
demonstrate();
