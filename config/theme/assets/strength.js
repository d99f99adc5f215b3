// Tells how good a password is while it is typed. Without this script the form says so when it is sent.
for (const meter of document.querySelectorAll('.meter')) {
  const field = document.getElementById(meter.dataset.of);
  const words = meter.dataset.words.split('|');
  const said = meter.querySelector('p');
  let timer;

  const show = (score, text) => {
    if (score) meter.dataset.score = score;
    else delete meter.dataset.score;
    if (said.textContent !== text) said.textContent = text;
  };
  const ask = async () => {
    const password = field.value;
    const typed = { password };
    for (const name of ['name', 'email']) {
      if (field.form.elements[name]) typed[name] = field.form.elements[name].value;
    }
    let judged;
    try {
      const answer = await fetch(meter.dataset.url, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
        body: JSON.stringify(typed),
      });
      judged = answer.ok && (await answer.json());
    } catch {}
    if (field.value !== password) return;
    if (!judged) return show(0, '');
    const { score, accepted, errors } = judged;
    show(Math.max(1, accepted ? score : Math.min(score, 2)), errors?.password ?? words[score]);
  };

  field.addEventListener('input', () => {
    clearTimeout(timer);
    if (field.value) timer = setTimeout(ask, 250);
    else show(0, '');
  });
}
