export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Family {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly samples: readonly Sample[];
}

const HELP = /^# HELP ([a-z_:][a-z0-9_:]*) (\S.*)$/;
const TYPE = /^# TYPE ([a-z_:][a-z0-9_:]*) (counter|gauge|histogram|summary)$/;
const SAMPLE = /^([a-z_:][a-z0-9_:]*)(?:\{(.*)\})? (\S+)$/;
const LABEL = /([a-z_][a-z0-9_]*)="((?:[^"\\]|\\.)*)"(?:,|$)/g;

/** Prometheus's text format, version 0.0.4; throws at what isn't: a family is HELP, TYPE and its samples, in one piece. */
export function parseExposition(text: string): Map<string, Family> {
  if (!text.endsWith('\n')) throw new Error('the last line does not end');
  const families = new Map<string, Family & { samples: Sample[] }>();
  let help: RegExpExecArray | null = null;
  let family: (Family & { samples: Sample[] }) | undefined;
  for (const line of text.split('\n').filter((one) => one !== '')) {
    const type = TYPE.exec(line);
    const sample = SAMPLE.exec(line);
    if (line.startsWith('# HELP')) help = HELP.exec(line);
    else if (type) {
      const [, name = '', kind = ''] = type;
      if (help?.[1] !== name || families.has(name)) throw new Error(`${line} has no HELP, or comes twice`);
      family = { name, help: help[2] ?? '', type: kind, samples: [] };
      families.set(name, family);
    } else if (sample && family) family.samples.push(sampleOf(sample, family));
    else throw new Error(`this is no line of the format: ${line}`);
  }
  return families;
}

function sampleOf([line, name = '', text = '', number = '']: RegExpExecArray, family: Family): Sample {
  const suffix = name.slice(family.name.length);
  const suffixes = family.type === 'histogram' ? ['_bucket', '_sum', '_count'] : [''];
  if (!name.startsWith(family.name) || !suffixes.includes(suffix))
    throw new Error(`${line} is not of ${family.name}`);
  const labels = [...text.matchAll(LABEL)];
  if (labels.map(([one]) => one).join('') !== text) throw new Error(`the labels of ${line}`);
  const value = number === '+Inf' ? Number.POSITIVE_INFINITY : Number(number);
  // prom-client's spelling, which Prometheus takes (strconv.ParseFloat): of a mean of nothing, as between two quick scrapes.
  if (Number.isNaN(value) && number !== 'Nan') throw new Error(`the value of ${line}`);
  return { name, labels: Object.fromEntries(labels.map(([, label, is]) => [label, is])), value };
}
