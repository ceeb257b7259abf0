/* The page's languages; the chat follows by its lang attribute. The page itself is written in Finnish. */
const TEXTS = {
  sv: {
    skip: 'Gå till innehållet', groups: 'Produktgrupper', language: 'Språk', clothes: 'Kläder', tents: 'Tält', packs: 'Ryggsäckar', lamps: 'Lampor',
    headline: 'Kaamos är bästa tiden för en utflykt', lead: 'Varma lager, torra fötter och ljus i ryggsäcken. Beställningar över 79 euro till utlämningsställe utan leveransavgift.',
    new: 'Vinterns nyheter', p1: 'Skaljacka Myrsky', a1: 'Håller vind och regn ute.', p2: 'Tält Kuukkeli 2', a2: 'För två, uppe på fem minuter.', p3: 'Ryggsäck Erämaa 65 l',
    a3: 'Bär en veckas packning utan att trycka.', p4: 'Lykta Kajo', a4: 'Varmt ljus, 40 timmar på en laddning.', t1: 'Returnera i 30 dagar', u1: 'Utan avgift via Posti eller till butiken.',
    t2: 'Leverans på 2–4 vardagar', u2: 'Till utlämningsställe, hem eller butik.', t3: 'Fråga i chatten', u3: 'Chattboten svarar dygnet runt, människor vardagar 8–20 och lördagar 10–16.',
    sample: 'Revontuli är en påhittad butik som visar Luukku. Här kan man inte köpa något.', title: 'Revontuli – friluftsutrustning',
  },
  en: {
    skip: 'Skip to content', groups: 'Product groups', language: 'Language', clothes: 'Clothing', tents: 'Tents', packs: 'Backpacks', lamps: 'Lamps',
    headline: 'Polar night is the best time for a hike', lead: 'Warm layers, dry feet and a light in your pack. Orders over 79 euros are delivered to a pickup point free of charge.',
    new: 'New this winter', p1: 'Shell jacket Myrsky', a1: 'Keeps wind and rain out.', p2: 'Tent Kuukkeli 2', a2: 'For two, up in five minutes.', p3: 'Backpack Erämaa 65 l',
    a3: 'Carries a week without weighing on your back.', p4: 'Lantern Kajo', a4: 'Warm light, 40 hours on one charge.', t1: 'Return within 30 days', u1: 'Free of charge by Posti or to a shop.',
    t2: 'Delivered in 2–4 working days', u2: 'To a pickup point, your home or a shop.', t3: 'Ask in the chat', u3: 'The chatbot answers around the clock, people on weekdays 8–20 and Saturdays 10–16.',
    sample: 'Revontuli is a made-up shop that shows Luukku. Nothing can be bought here.', title: 'Revontuli – outdoor gear',
  },
  fi: { title: document.title },
};
for (const node of document.querySelectorAll('[data-text]')) TEXTS.fi[node.dataset.text] = node.textContent;
for (const node of document.querySelectorAll('[data-label]')) TEXTS.fi[node.dataset.label] = node.getAttribute('aria-label');

function speak(lang) {
  const texts = TEXTS[lang];
  document.documentElement.lang = lang;
  document.title = texts.title;
  document.querySelector('luukku-chat').lang = lang;
  for (const node of document.querySelectorAll('[data-text]')) node.textContent = texts[node.dataset.text];
  for (const node of document.querySelectorAll('[data-label]')) node.setAttribute('aria-label', texts[node.dataset.label]);
  for (const button of document.querySelectorAll('[data-lang]')) button.setAttribute('aria-pressed', String(button.dataset.lang === lang));
}

for (const button of document.querySelectorAll('[data-lang]')) button.addEventListener('click', () => speak(button.dataset.lang));
const asked = new URLSearchParams(location.search).get('lang');
speak(TEXTS[asked] ? asked : 'fi');
