// Code in colours: words, strings, numbers, comments and the names of JSON, each in an element of its class.

import { h } from './dom.js';

const MOST = 60_000; // characters: beyond, colours cost more than they tell
const STRING = String.raw`"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'`;
const WORDS = {
  json: 'true|false|null',
  js: 'const|let|await|async|new|import|from|if|throw|for|type|true|false|null|return',
  python: 'import|from|with|as|def|for|in|if|assert|try|except|break|pass|None|True|False',
  shell: 'curl|npm|npx',
  http: null,
};
const COMMENTS = { js: String.raw`\/\/[^\n]*`, python: '#[^\n]*', shell: '^#[^\n]*' };
const LANGUAGES = Object.fromEntries(Object.keys(WORDS).map((name) => [name, patternOf(name)]));

function patternOf(language) {
  if (language === 'http') return /^(?<key>[\w-]+)(?=:)/gm;
  const parts = {
    key: String.raw`(?:${STRING})(?=\s*:)`,
    string: STRING,
    comment: COMMENTS[language],
    word: `\\b(?:${WORDS[language]})\\b`,
    number: String.raw`(?<![\w.-])-?\d+(?:\.\d+)?(?:e[+-]?\d+)?\b`,
  };
  const given = Object.entries(parts).filter(([, pattern]) => pattern);
  return new RegExp(given.map(([name, pattern]) => `(?<${name}>${pattern})`).join('|'), 'gm');
}

/** A text as nodes, in the colours of `json`, `js`, `python` or `shell`; as it is in another language. */
export function highlighted(text, language) {
  const pattern = LANGUAGES[language];
  if (!pattern || text.length > MOST) return [text];
  const nodes = [];
  let from = 0;
  for (const match of text.matchAll(pattern)) {
    const [kind] = Object.entries(match.groups).find(([, found]) => found !== undefined);
    nodes.push(text.slice(from, match.index), h('span', { class: `code-${kind}` }, match[0]));
    from = match.index + match[0].length;
  }
  return [...nodes, text.slice(from)].filter((each) => each !== '');
}

/** JSON as text that people read; null where a text is none. */
export function prettyJson(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return null;
  }
}
