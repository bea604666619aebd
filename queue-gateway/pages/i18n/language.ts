export const languages = ['en', 'ko'] as const;
export type Language = (typeof languages)[number];

export const isLanguage = (text: string | undefined): text is Language =>
  languages.some((language) => language === text);

/** Quality of the first range of `Accept-Language` (RFC 9110 §12.5.4) that means this language. */
function qualityOf(header: string, language: Language): number {
  for (const range of header.split(',').slice(0, 20)) {
    const [tag = '', ...parameters] = range.trim().toLowerCase().split(';');
    if (tag.split('-')[0] !== language) continue;
    const quality = parameters.map((one) => /^\s*q=([0-9.]+)$/.exec(one)?.[1]).find(Boolean);
    return quality === undefined ? 1 : Number(quality);
  }
  return 0;
}

/** The switch first, then the browser; English when it wants neither. */
export function chooseLanguage(chosen: string | undefined, accept: string | undefined): Language {
  if (isLanguage(chosen)) return chosen;
  const header = accept ?? '';
  return qualityOf(header, 'ko') > qualityOf(header, 'en') ? 'ko' : 'en';
}
