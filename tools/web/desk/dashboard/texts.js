/* Words of the dashboard; what stands in the report itself comes from the knowledge base. */
export const WORDS = {
  fi: {
    title: 'Tunnusluvut', toDesk: 'Työpöytä', skip: 'Siirry lukuihin', choose: 'Mikä jakso?', period: 'Jakso', own: 'Valitut päivät', from: 'Ensimmäinen päivä', to: 'Viimeinen päivä', compare: 'Vertaa edelliseen jaksoon', show: 'Näytä',
    days: '{n} päivää', year: '12 kuukautta', export: 'Lataa', html: 'Sivu (HTML)', loading: 'Haetaan lukuja…', counting: 'Lukuja lasketaan ensimmäistä kertaa. Se voi viedä hetken.', shown: 'Luvut on päivitetty.',
    denied: 'Tunnusluvut ovat esimiehille. Olet kirjautunut nimellä {name}.', failed: 'Lukuja ei saatu. Yritä hetken päästä uudelleen.', wrong: 'Jakso ei kelpaa: viimeinen päivä ei voi olla ennen ensimmäistä, ja jakso on enintään 20 vuotta.',
  },
  sv: {
    title: 'Nyckeltal', toDesk: 'Skrivbordet', skip: 'Gå till siffrorna', choose: 'Vilken period?', period: 'Period', own: 'Valda dagar', from: 'Första dagen', to: 'Sista dagen', compare: 'Jämför med föregående period', show: 'Visa',
    days: '{n} dagar', year: '12 månader', export: 'Ladda ner', html: 'Sida (HTML)', loading: 'Siffrorna hämtas…', counting: 'Siffrorna räknas för första gången. Det kan ta en stund.', shown: 'Siffrorna är uppdaterade.',
    denied: 'Nyckeltalen är för chefer. Du är inloggad som {name}.', failed: 'Siffrorna kunde inte hämtas. Försök igen om en stund.', wrong: 'Perioden duger inte: den sista dagen kan inte vara före den första, och perioden är högst 20 år.',
  },
  en: {
    title: 'Key figures', toDesk: 'Desk', skip: 'Go to the figures', choose: 'Which period?', period: 'Period', own: 'Chosen days', from: 'First day', to: 'Last day', compare: 'Compare with the period before', show: 'Show',
    days: '{n} days', year: '12 months', export: 'Download', html: 'Page (HTML)', loading: 'Getting the figures…', counting: 'The figures are being counted for the first time. This may take a while.', shown: 'The figures are up to date.',
    denied: 'The figures are for supervisors. You are logged in as {name}.', failed: 'The figures could not be read. Try again in a while.', wrong: 'This is no period: the last day cannot come before the first, and a period is 20 years at most.',
  },
};
