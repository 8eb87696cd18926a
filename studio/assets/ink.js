// Digits travel as bytes, 784 a digit, ink = 255. Here they become ink on a canvas.

// What all parts of the page know of each other. Nothing of it leaves the browser by itself.
const studio = (window.digitStudio ??= {
  drawing: {
    strokes: [],
    picture: null, // an uploaded one, or a digit of the page's, instead of strokes
    ink: false, // that picture is bare ink, black on nothing
    showing: false, // the unseen hand is drawing
    version: 0, // counts the changes
    past: [], // what undo brings back
    future: [], // what redo brings back
  },
  picked: {}, // digits of the page's that a morph starts or ends with: {start: {url, label}, end}
});

const { drawing } = studio;
const LONGEST_PAST = 100; // changes that can be taken back

function isEmpty() {
  return !drawing.strokes.length && !drawing.picture;
}

function wipe() {
  drawing.showing = false;
  drawing.strokes = [];
  drawing.picture = null;
  drawing.ink = false;
}

// What is on the surfaces now. Strokes are only ever added to while they are drawn.
const snapshot = () => ({
  strokes: [...drawing.strokes],
  picture: drawing.picture,
  ink: drawing.ink,
});

// Before a change that can be taken back. What the unseen hand draws need not be.
function remember() {
  drawing.past.push(drawing.showing ? { strokes: [], picture: null, ink: false } : snapshot());
  if (drawing.past.length > LONGEST_PAST) drawing.past.shift();
  drawing.future = [];
}

// Put a picture of bare ink in the place of what is drawn.
function putInk(picture) {
  remember();
  wipe();
  Object.assign(drawing, { picture, ink: true });
}

function travel(from, to) {
  if (!from.length) return false;
  to.push(snapshot());
  drawing.showing = false;
  Object.assign(drawing, from.pop());
  return true;
}

function bytesOf(base64) {
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
}

// One digit as a 28x28 canvas: black, as opaque as there is ink. The style sheet turns it to
// chalk by night. A number is wider.
function inkOf(bytes, index, width = 28, height = 28) {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  const image = new ImageData(width, height);
  const size = width * height;
  for (let i = 0; i < size; i++) image.data[4 * i + 3] = bytes[size * index + i];
  canvas.getContext("2d").putImageData(image, 0, 0);
  return canvas;
}

// Make a canvas a written number, {pixels, width, height}, as sharp as the screen.
function drawLine(canvas, { pixels, width, height }) {
  const scale = 6;
  canvas.width = scale * width;
  canvas.height = scale * height;
  drawInk(canvas, inkOf(bytesOf(pixels), 0, width, height));
}

// Fill a canvas with a digit of the same shape. It is enlarged in doublings, so that its edge stays smooth, and
// the edge is then made as hard as a pen's: 28 pixels' worth of blur is not how ink looks.
const HARDNESS = 2.5;
const steps = new Map(); // canvases in between, by their size: a film needs them at every frame
function drawInk(canvas, ink) {
  const { width, height } = canvas;
  let source = ink;
  for (let scale = 2; scale * ink.width < width; scale *= 2) {
    const size = `${scale * ink.width}x${scale * ink.height}`;
    if (!steps.has(size)) {
      const larger = document.createElement("canvas");
      larger.width = scale * ink.width;
      larger.height = scale * ink.height;
      steps.set(size, larger.getContext("2d", { willReadFrequently: true }));
    }
    const step = steps.get(size);
    step.imageSmoothingQuality = "high";
    step.clearRect(0, 0, step.canvas.width, step.canvas.height);
    step.drawImage(source, 0, 0, step.canvas.width, step.canvas.height);
    source = step.canvas;
  }
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.imageSmoothingQuality = "high";
  context.clearRect(0, 0, width, height);
  context.drawImage(source, 0, 0, width, height);
  const image = context.getImageData(0, 0, width, height);
  for (let i = 3; i < image.data.length; i += 4) {
    image.data[i] = 128 + HARDNESS * (image.data[i] - 118); // clamped to 0..255 by its type
  }
  context.putImageData(image, 0, 0);
}

// Give a square canvas the pixels that the screen has for it, 448 at most: more cost time at every frame.
function fitScreen(canvas) {
  const side = Math.min(448, Math.round(canvas.clientWidth * window.devicePixelRatio));
  if (side && canvas.width !== side) canvas.width = canvas.height = side;
}

// A canvas of `side` pixels with one digit.
function digitCanvas(bytes, index, side) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = side;
  drawInk(canvas, inkOf(bytes, index));
  return canvas;
}

// The same picture black on white, as paper is.
function onPaper(canvas) {
  const sheet = document.createElement("canvas");
  sheet.width = canvas.width;
  sheet.height = canvas.height;
  const context = sheet.getContext("2d");
  context.fillStyle = "#fff";
  context.fillRect(0, 0, sheet.width, sheet.height);
  context.drawImage(canvas, 0, 0);
  return sheet;
}

// What Python sends as `value` is nothing yet, or something to `lay` out, or `{problem}`: one sentence for
// `told`, and what was there before stays. Returns what is laid out now.
function follow(told, lay) {
  let current = null;
  function take() {
    told.textContent = props.value?.problem ?? "";
    if (!props.value || props.value.problem) return;
    current = props.value;
    lay(current);
  }
  watch("value", take);
  take();
  return () => current;
}

function save(url, name) {
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
}

function openTab(id) {
  document.querySelector(`#tabs [role="tab"][data-tab-id="${id}"]`)?.click();
}

const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
