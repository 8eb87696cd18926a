// What one can do with any digit on the page. Comes after ink.js.

// Put a digit on the pad, in place of what is there; undo brings that back.
function toPad(bytes) {
  putInk(digitCanvas(bytes, 0, 280));
  drawing.version++;
  openTab("draw");
}

// Let a morph start or end with it; `label` may be null, then it is what the reader takes it for.
function toMorph(end, bytes, label) {
  const url = onPaper(inkOf(bytes, 0)).toDataURL("image/png");
  studio.picked[end] = { url, label };
  openTab("morph");
  const press = (tries) => {
    const key = document.querySelector(`#morph-${end} label:last-of-type input`);
    if (key) key.click();
    else if (tries) requestAnimationFrame(() => press(tries - 1)); // a tab is made when it opens
  };
  press(120);
}

// The menu of a digit: `{bytes, label, name}`, beside the button that it belongs to.
function offer(button, { bytes, label, name }, words) {
  document.querySelector(".digit-menu")?.remove();
  const menu = document.createElement("div");
  menu.className = "digit-menu";
  menu.popover = "auto"; // closed by Escape and by a press anywhere else
  menu.setAttribute("role", "group");
  menu.setAttribute("aria-label", button.getAttribute("aria-label"));
  const entry = (text, act) => {
    const key = document.createElement("button");
    key.type = "button";
    key.textContent = text;
    key.addEventListener("click", () => {
      menu.hidePopover();
      act();
    });
    menu.append(key);
  };
  entry(words.to_pad, () => toPad(bytes));
  entry(words.morph_start, () => toMorph("start", bytes, label));
  entry(words.morph_end, () => toMorph("end", bytes, label));
  entry(words.save_digit, () =>
    save(onPaper(digitCanvas(bytes, 0, 280)).toDataURL("image/png"), `${name}.png`),
  );
  menu.addEventListener("toggle", (event) => {
    if (event.newState === "open") return;
    button.classList.remove("open");
    if (menu.contains(document.activeElement)) button.focus();
    menu.remove();
  });
  document.querySelector(".gradio-container").append(menu);
  menu.showPopover();
  button.classList.add("open");
  const at = button.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = menu;
  const below = at.bottom + height + 8 < window.innerHeight;
  menu.style.left = `${Math.max(8, Math.min(at.left, window.innerWidth - width - 8))}px`;
  menu.style.top = `${below ? at.bottom + 4 : Math.max(8, at.top - height - 4)}px`;
  menu.querySelector("button").focus({ focusVisible: false });
}

// A digit that can be pressed: `{bytes, label, name}`, `side` pixels on its canvas.
function digitButton(digit, side, title, words) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "digit";
  button.setAttribute("aria-label", title);
  button.append(digitCanvas(digit.bytes, 0, side));
  button.addEventListener("click", () => offer(button, digit, words));
  return button;
}

// Of many buttons only one is reached by Tab, and arrows lead to the others.
function walkable(list) {
  const keys = () => [...list.children];
  list.addEventListener("keydown", (event) => {
    const all = keys();
    const here = all.indexOf(document.activeElement);
    if (here < 0) return;
    const columns = all.findIndex((key) => key.offsetTop > all[0].offsetTop);
    const down = columns < 0 ? all.length : columns;
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -down, ArrowDown: down }[event.key];
    const next = all[here + (step ?? NaN)];
    if (!step) return;
    event.preventDefault();
    if (!next) return;
    all[here].tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  });
  return () => keys().forEach((key, index) => (key.tabIndex = index ? -1 : 0));
}
