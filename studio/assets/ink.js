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

// Draw a digit into a canvas of any size. Enlarged in doublings, so that its edge stays smooth.
function drawInk(canvas, ink, x, y, side) {
  const context = canvas.getContext("2d");
  context.imageSmoothingEnabled = true;
  context.imageSmoothingQuality = "high";
  let source = ink;
  for (let size = 56; size < side; size *= 2) {
    const larger = document.createElement("canvas");
    larger.width = larger.height = size;
    const step = larger.getContext("2d");
    step.imageSmoothingQuality = "high";
    step.drawImage(source, 0, 0, size, size);
    source = larger;
  }
  context.drawImage(source, x, y, side, side);
}

const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
