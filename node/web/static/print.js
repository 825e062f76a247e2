// Buttons that print the page. Without scripts they stay hidden, and the menu of the browser prints.
for (const button of document.querySelectorAll("button[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
