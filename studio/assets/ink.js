// Digits travel as bytes, 784 a digit, ink = 255. Here they become ink on a canvas.

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
function drawInk(canvas, ink) {
  const { width, height } = canvas;
  let source = ink;
  for (let scale = 2; scale * ink.width < width; scale *= 2) {
    const larger = document.createElement("canvas");
    larger.width = scale * ink.width;
    larger.height = scale * ink.height;
    const step = larger.getContext("2d");
    step.imageSmoothingQuality = "high";
    step.drawImage(source, 0, 0, larger.width, larger.height);
    source = larger;
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

const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
