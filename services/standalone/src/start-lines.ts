/** What somebody who has just started Earshot wants to know. */
export interface StartFacts {
  readonly ingestUrl: string;
  readonly engineUrl: string;
  readonly dataDirectory: string;
  readonly build: string;
  /** Path of the operator's token; null where it was given by the environment. */
  readonly operatorTokenFile: string | null;
  /** Only at the first start. */
  readonly first: { readonly username: string; readonly password: string; readonly credentialFile: string } | null;
}

/** Quoted for a POSIX shell. */
const quote = (text: string): string => (/^[\w./:@%+=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);

const operatorHeader = (facts: StartFacts): string =>
  facts.operatorTokenFile === null
    ? '"Authorization: Bearer $EARSHOT_OPERATOR_TOKEN"'
    : `"Authorization: Bearer $(cat ${quote(facts.operatorTokenFile)})"`;

const firstLines = (facts: StartFacts, isTerminal: boolean): readonly string[] => {
  if (facts.first === null) return [];
  const { username, password, credentialFile } = facts.first;
  const secret = isTerminal ? password : `$(cat ${quote(credentialFile)})`;
  return [
    '',
    'Send a first heartbeat (the fleet "default" was made for you; its secret is kept in',
    `${credentialFile}):`,
    '',
    `curl --request POST ${facts.ingestUrl}/api/systems/heartbeat --user "${username}:${secret}" ` +
      `--header "Content-Type: application/json" --data '{"system_id":"my-first-system"}'`,
  ];
};

/**
 * The lines printed when everything is up. A secret is among them only at the first start and only on a terminal: anywhere
 * else they would end in a log file.
 */
export const startLines = (facts: StartFacts, isTerminal: boolean): readonly string[] => [
  `Earshot ${facts.build} is listening.`,
  '',
  `  heartbeats  ${facts.ingestUrl}   systems POST here`,
  `  engine      ${facts.engineUrl}   operators ask here, Prometheus scrapes /metrics`,
  `  data        ${facts.dataDirectory}`,
  ...firstLines(facts, isTerminal),
  '',
  'See the systems:',
  '',
  `curl --header ${operatorHeader(facts)} ${facts.engineUrl}/api/systems`,
  '',
];
