// The names of the time zones, fetched once the field is used: the page stays small, and the field works without them.
// They stand there as people type them, "America/New York", for browsers look for what was typed, letter by letter.
const field = document.getElementById("time_zone");
field.addEventListener("focus", async () => {
  const answer = await fetch(field.dataset.list);
  if (!answer.ok) return;
  const names = (await answer.text()).trim().replaceAll("_", " ").split("\n");
  document.getElementById("time-zones").append(...names.map((name) => new Option(name, name)));
}, { once: true });
