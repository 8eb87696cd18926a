// The title. Runs once; readers of the screen are told which language the page speaks.

document.documentElement.lang = props.language;

element.querySelector("button").addEventListener("click", () => trigger("copy_link"));
