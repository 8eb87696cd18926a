// A surface to draw on, by mouse, finger or pen, or to put a picture on. Comes after ink.js.
//
// Strokes are lists of points in 0..1 of the surface's side, each with the pressure of the pen. The
// picture that the server gets is drawn from them anew, black on white, so that screen and theme do
// not matter. All surfaces of the page show the same drawing: what is drawn on one tab is the hand
// that another imitates.

const PEN = 0.06; // the pen's width, as a share of the surface's side
const SENT = 280; // pixels a side of a drawing that is sent
const LARGEST_SENT = 1024; // of an uploaded picture


studio.dataUrl = dataUrl;

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

function dataUrl() {
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d");
  if (drawing.picture) {
    if (drawing.ink) return onPaper(drawing.picture).toDataURL("image/png");
    canvas.width = drawing.picture.width;
    canvas.height = drawing.picture.height;
    context.drawImage(drawing.picture, 0, 0);
    return canvas.toDataURL("image/webp", 0.92); // keeps transparency; PNG where it is not known
  }
  canvas.width = canvas.height = SENT;
  context.fillStyle = "#fff";
  context.fillRect(0, 0, SENT, SENT);
  for (const stroke of drawing.strokes) drawStroke(context, stroke, SENT);
  return canvas.toDataURL("image/png");
}

// One question in flight, and the newest drawing is what is asked next. `ask` is awaited; `call(true)`
// asks at once, `call(false)` not more often than every `pause` milliseconds.
function newestOnly(ask, pause) {
  let asking = false;
  let wanted = false;
  let last = 0;
  let timer = 0;
  async function next() {
    if (asking || !wanted) return;
    wanted = false;
    asking = true;
    last = performance.now();
    await ask();
    asking = false;
    if (wanted) call(false);
  }
  function call(now) {
    wanted = true;
    if (asking) return;
    clearTimeout(timer);
    const wait = now ? 0 : Math.max(0, pause - (performance.now() - last));
    if (wait) timer = setTimeout(next, wait);
    else next();
  }
  return call;
}

// Make the canvas `.pad` and the tools of `element` work.
//   changed(now)  the drawing is another; `now` where the hand rests
//   painted(side) the surface was painted, `side` pixels wide
//   failed(text)  something to tell, or "" to take it back
function sketchOn(element, words, { changed, painted = () => {}, failed }) {
  const pad = element.querySelector("canvas.pad");
  const invite = element.querySelector(".invite");
  const file = element.querySelector("input.file");
  const undoKey = element.querySelector(".undo");
  const redoKey = element.querySelector(".redo");
  let current = null; // the stroke under the pen
  let known = -1; // the version that was told last

  function edited(now) {
    known = ++drawing.version;
    changed(now);
  }

  function paint() {
    const side = Math.round(pad.clientWidth * (window.devicePixelRatio || 1));
    if (!side) return; // on a tab that is not open
    if (pad.width !== side) pad.width = pad.height = side;
    const context = pad.getContext("2d");
    context.clearRect(0, 0, side, side);
    const { picture, strokes } = drawing;
    if (picture) context.drawImage(picture, ...fit(picture.width, picture.height, side));
    for (const stroke of strokes) drawStroke(context, stroke, side);
    pad.classList.toggle("photo", picture !== null && !drawing.ink);
    undoKey.disabled = !drawing.past.length;
    redoKey.disabled = !drawing.future.length;
    invite.hidden = !isEmpty();
    painted(side);
  }

  function point(event) {
    const box = pad.getBoundingClientRect();
    const width = event.pointerType === "pen" && event.pressure ? 0.5 + event.pressure : 1;
    return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height, width];
  }

  pad.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || current) return; // a second finger does not draw
    event.preventDefault();
    pad.focus({ preventScroll: true, focusVisible: false });
    pad.setPointerCapture(event.pointerId);
    remember();
    if (drawing.showing || drawing.picture) wipe();
    current = [point(event)];
    current.pointer = event.pointerId;
    drawing.strokes.push(current);
    paint();
    edited(false);
  });

  pad.addEventListener("pointermove", (event) => {
    if (!current || current.pointer !== event.pointerId) return;
    const events = event.getCoalescedEvents?.() ?? [];
    for (const each of events.length ? events : [event]) current.push(point(each));
    paint();
    edited(false);
  });

  for (const end of ["pointerup", "pointercancel"]) {
    pad.addEventListener(end, (event) => {
      if (!current || current.pointer !== event.pointerId) return;
      current = null;
      edited(true);
    });
  }

  function clear() {
    if (!isEmpty() && !drawing.showing) remember();
    wipe();
    settle();
  }

  function settle() {
    current = null;
    paint();
    edited(true);
  }

  const undo = () => travel(drawing.past, drawing.future) && settle();
  const redo = () => travel(drawing.future, drawing.past) && settle();

  undoKey.addEventListener("click", undo);
  redoKey.addEventListener("click", redo);
  element.querySelector(".clear").addEventListener("click", clear);
  pad.addEventListener("keydown", (event) => {
    const key = event.key.toLowerCase();
    const control = event.ctrlKey || event.metaKey;
    if (control && (key === "y" || (key === "z" && event.shiftKey))) redo();
    else if (control && key === "z") undo();
    else if (event.key === "Escape") clear();
    else return;
    event.preventDefault();
  });

  // -- pictures from elsewhere ------------------------------------------------------------------

  async function open(blob) {
    let bitmap;
    try {
      bitmap = await createImageBitmap(blob); // turns a photo the way its EXIF says
    } catch {
      failed(words.no_picture);
      return;
    }
    put(bitmap);
  }

  // A photo, or whatever else can be drawn on a canvas.
  function put(bitmap) {
    const [width, height] = [bitmap.videoWidth || bitmap.width, bitmap.videoHeight || bitmap.height];
    const scale = Math.min(1, LARGEST_SENT / Math.max(width, height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(width * scale));
    canvas.height = Math.max(1, Math.round(height * scale));
    const context = canvas.getContext("2d");
    context.imageSmoothingQuality = "high";
    context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    remember();
    wipe();
    drawing.picture = canvas;
    settle();
  }

  element.querySelector(".upload").addEventListener("click", () => file.click());
  file.addEventListener("change", () => {
    if (file.files[0]) open(file.files[0]);
    file.value = ""; // so that the same file can be chosen again
  });

  // A phone has its own way of taking a picture; elsewhere the camera shows in a window.
  const camera = element.querySelector("input.shot");
  camera.addEventListener("change", () => {
    if (camera.files[0]) open(camera.files[0]);
    camera.value = "";
  });
  const viewfinder = element.querySelector("dialog");
  const video = viewfinder.querySelector("video");
  element.querySelector(".camera").addEventListener("click", async () => {
    const media = navigator.mediaDevices; // not there where the page is not secure
    if (!media || matchMedia("(pointer: coarse)").matches) return camera.click();
    try {
      video.srcObject = await media.getUserMedia({ video: { facingMode: "environment" } });
    } catch {
      failed(words.no_camera);
      return;
    }
    viewfinder.showModal();
  });
  viewfinder.querySelector(".take").addEventListener("click", () => {
    if (!video.videoWidth) return; // not awake yet
    put(video);
    viewfinder.close();
  });
  viewfinder.querySelector(".cancel").addEventListener("click", () => viewfinder.close());
  viewfinder.addEventListener("close", () => {
    for (const track of video.srcObject?.getTracks() ?? []) track.stop();
    video.srcObject = null;
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

  new ResizeObserver(() => {
    paint();
    if (!pad.clientWidth || known === drawing.version) return;
    known = drawing.version; // drawn on another tab
    changed(true);
  }).observe(pad);
  return { paint, settle, busy: () => current !== null };
}
