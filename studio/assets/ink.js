// Digits travel as bytes, 784 a digit, ink = 255. Here they become ink on a canvas.

function bytesOf(base64) {
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
}

// One digit as a 28x28 canvas: black, as opaque as there is ink. The style sheet turns it to
// chalk by night.
function inkOf(bytes, index) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 28;
  const image = new ImageData(28, 28);
  for (let i = 0; i < 784; i++) image.data[4 * i + 3] = bytes[784 * index + i];
  canvas.getContext("2d").putImageData(image, 0, 0);
  return canvas;
}

// Fill a square canvas with a digit. It is enlarged in doublings, so that its edge stays smooth, and
// the edge is then made as hard as a pen's: 28 pixels' worth of blur is not how ink looks.
const HARDNESS = 2.5;
function drawInk(canvas, ink) {
  const side = canvas.width;
  let source = ink;
  for (let size = 56; size < side; size *= 2) {
    const larger = document.createElement("canvas");
    larger.width = larger.height = size;
    const step = larger.getContext("2d");
    step.imageSmoothingQuality = "high";
    step.drawImage(source, 0, 0, size, size);
    source = larger;
  }
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.imageSmoothingQuality = "high";
  context.clearRect(0, 0, side, side);
  context.drawImage(source, 0, 0, side, side);
  const image = context.getImageData(0, 0, side, side);
  for (let i = 3; i < image.data.length; i += 4) {
    image.data[i] = 128 + HARDNESS * (image.data[i] - 118); // clamped to 0..255 by its type
  }
  context.putImageData(image, 0, 0);
}

const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
