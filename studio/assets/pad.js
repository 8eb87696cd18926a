// The reading of what is drawn. Runs once, after ink.js and sketch.js, with Gradio's `element`,
// `props` and `server`.

const words = props.words;
const PAUSE = 80; // milliseconds between readings while drawing

const pad = element.querySelector("canvas.pad");
const numeral = element.querySelector(".numeral");
const verdict = element.querySelector(".certainty");
const problem = element.querySelector(".problem");
const marks = element.querySelector("canvas.marks"); // boxes and heat, over the drawing
const why = element.querySelector(".why");
const reason = element.querySelector(".reason");
const seen = element.querySelector(".seen canvas");
const columns = [...element.querySelectorAll(".bars li")];

let askingWhy = false;
let boxes = []; // of the digits of a number
let heat = null; // {map: canvas of 28x28, box} where somebody asks why

const sketch = sketchOn(element, words, {
  changed(now) {
    if (!now) heat = null; // of a drawing that is being changed
    read(now);
  },
  painted: mark,
  failed: (text) => (problem.textContent = text),
});
const read = newestOnly(ask, PAUSE);

// -- boxes around digits, and what speaks for a reading ------------------------------------------

// Where a point of the picture that was sent lies on a pad of `side` pixels.
function placed(side) {
  const picture = drawing.picture;
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
    if (!drawing.picture) { // only the ink is coloured
      const ink = document.createElement("canvas");
      ink.width = ink.height = side;
      for (const stroke of drawing.strokes) drawStroke(ink.getContext("2d"), stroke, side);
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
  if (!askingWhy || isEmpty()) {
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

// -- teaching, where the owner of the app keeps lessons ----------------------------------------

const lesson = element.querySelector(".teach");
lesson?.addEventListener("click", async (event) => {
  const key = event.target.closest(".keys button");
  if (!key) return;
  const told = lesson.querySelector("[role=status]");
  let answer;
  try {
    answer = await server.teach([isEmpty() ? "" : dataUrl(), Number(key.value)]);
  } catch {
    answer = undefined;
  }
  told.textContent = answer?.told ?? answer?.error ?? words.no_answer;
});

// -- reading ------------------------------------------------------------------------------------

async function ask() {
  // What the visitor does next ends a problem; what the unseen hand draws meanwhile does not.
  if (!drawing.showing) problem.textContent = "";
  if (isEmpty()) return show(null);
  let answer;
  try {
    answer = await server.read(dataUrl());
  } catch {
    answer = undefined; // no connection; Gradio's own errors arrive as undefined, too
  }
  if (isEmpty()) show(null); // cleared meanwhile
  else if (!answer) problem.textContent = words.no_answer;
  else if (answer.error) problem.textContent = answer.error;
  else show(answer);
}

function fill(sentence, a, b) {
  return sentence.replace("{a}", a).replace("{b}", b);
}

function show(reading) {
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
  if (askingWhy && !sketch.busy()) explain();
  if (blank) verdict.textContent = words.nothing;
  else if (!sure) verdict.textContent = words.no_digit;
  else if (number.length) {
    const least = Math.min(...number.map((digit) => digit.probability));
    verdict.textContent = fill(least >= 0.95 ? words.certain : words.probable, text);
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

// -- examples: digits and a number by the generator as bytes, a letter as strokes -------------------

const examples = element.querySelector(".examples");
props.examples.forEach((example, index) => {
  const key = examples.querySelectorAll("button")[index];
  const face = key.querySelector("canvas");
  const { width, height, pixels, strokes } = example;
  const ink = strokes ? null : inkOf(bytesOf(pixels), 0, width, height);
  if (strokes) {
    face.width = face.height = 112;
    for (const stroke of strokes) drawStroke(face.getContext("2d"), stroke, 112);
  } else {
    face.width = 4 * width;
    face.height = 4 * height;
    drawInk(face, ink);
  }
  key.addEventListener("click", () => {
    if (strokes) {
      remember();
      wipe();
      drawing.strokes = [...strokes];
    } else {
      const picture = document.createElement("canvas"); // large, and mostly never asked for
      picture.width = 10 * width;
      picture.height = 10 * height;
      drawInk(picture, ink);
      putInk(picture);
    }
    sketch.settle();
  });
});

// -- the unseen hand: the page answers before it is asked ------------------------------------------

async function demonstrate() {
  drawing.showing = true;
  const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  for (const path of props.opening) {
    const stroke = [];
    for (const [x, y] of path) {
      if (!drawing.showing) return;
      if (!stroke.length) drawing.strokes.push(stroke);
      stroke.push([x, y, 1]);
      if (calm) continue;
      sketch.paint();
      read(false);
      await pause(16);
    }
  }
  sketch.paint();
  read(true);
}

show(null);
demonstrate();
