// A written number. Runs once, after ink.js.

const canvas = element.querySelector("canvas");

function lay() {
  const value = props.value;
  canvas.hidden = !value.pixels;
  canvas.setAttribute("aria-label", value.description);
  if (value.pixels) drawLine(canvas, value);
}

watch("value", lay);
lay();
