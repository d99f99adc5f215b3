// The names of the time zones, fetched once the field is used, as people type them ("America/New York"): browsers look for what was
// typed letter by letter.
const field = document.getElementById("time_zone"), { form } = field;
field.addEventListener("focus", async () => {
  const answer = await fetch(field.dataset.list);
  if (!answer.ok) return;
  const names = (await answer.text()).trim().replaceAll("_", " ").split("\n");
  field.list.append(...names.map((name) => new Option(name, name)));
}, { once: true });

// What was typed and not saved is there again after the picture's form was sent, for the same person in the same tab.
const place = "doorward " + form.email.value;
for (const [id, value] of JSON.parse(sessionStorage[place] ?? "[]")) form[id].value = value;
delete sessionStorage[place];
document.getElementById("picture").form.addEventListener("submit", () => {
  const typed = [...form].filter((one) => one.value != (one.defaultValue ?? ""));
  sessionStorage[place] = JSON.stringify(typed.map(({ id, value }) => [id, value]));
});
