// For pages that no server fills in: <script src="/account/theme/menu.js" defer></script> puts the avatar menu into every <doorward-menu>.
const places = document.querySelectorAll('doorward-menu');
const menu = new URL('../menu', document.currentScript.src);
menu.searchParams.set('return_to', location.pathname + location.search);
fetch(menu, { headers: { accept: 'text/html' } }).then(async (answer) => {
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const { innerHTML } = page.querySelector('template');
  for (const place of places) if (!place.shadowRoot) place.attachShadow({ mode: 'open' }).innerHTML = innerHTML;
});
