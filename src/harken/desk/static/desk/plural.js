/* A count in words: the page brings its sentence in every form its language has. */

const rules = new Intl.PluralRules(document.documentElement.lang);

/* `forms` is what `plural_forms` made, by CLDR's names, with `#` for the number. */
export function counted(forms, count) {
  const known = JSON.parse(forms);
  return (known[rules.select(count)] ?? known.other).replace("#", count);
}
