// The recovery codes, copied or printed. Without a script they are saved by the link and printed by the browser's own menu.
for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) break;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const items = document.getElementById(button.dataset.copy).children;
    await navigator.clipboard.writeText(Array.from(items, (item) => item.textContent.trim()).join("\n"));
    button.setAttribute("aria-live", "polite");
    button.textContent = button.dataset.done;
  });
}
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
