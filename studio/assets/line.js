// A written number. Runs once, after ink.js.

const canvas = element.querySelector("canvas");

function lay(value) {
  canvas.hidden = !value.pixels;
  canvas.setAttribute("aria-label", value.description);
  if (value.pixels) drawLine(canvas, value);
}

element.querySelector("button").addEventListener("click", () => {
  save(onPaper(canvas).toDataURL("image/png"), "number.png");
});
follow(element.querySelector(".problem"), lay);
