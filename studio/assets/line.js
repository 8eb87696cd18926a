// A written number. Runs once, after ink.js.

const canvas = element.querySelector("canvas");
const key = element.querySelector("button");

function lay(value) {
  canvas.hidden = key.disabled = false;
  canvas.setAttribute("aria-label", value.description);
  drawLine(canvas, value);
}

key.addEventListener("click", () => {
  save(onPaper(canvas).toDataURL("image/png"), "number.png");
});
follow(element.querySelector(".problem"), lay);
