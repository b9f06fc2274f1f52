import type { OpenApiDocument } from '@earshot/contracts/open-api';
import { type AnswerCheck, createAnswerCheck } from '@earshot/contracts/answer-check';
import type { Deployment } from './deployment.ts';

/** A call of one of the two surfaces, as their description has it. */
export interface DescribedCall {
  readonly method?: string;
  /** `/api/systems/{system_id}`. */
  readonly path: string;
  readonly parameters?: Readonly<Record<string, string>>;
  /** With its question mark. */
  readonly query?: string;
  /** Sent instead of the path, where it is no proper one. */
  readonly target?: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface DescribedAnswer {
  readonly status: number;
  readonly text: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface DescribedCalls {
  readonly document: OpenApiDocument;
  /** Every operation of the document with a status it describes, `GET /healthz 200`. */
  readonly described: readonly string[];
  /** Those of them that came. */
  readonly asked: ReadonlySet<string>;
  /** Throws where the answer is not as described, or not described. */
  ask(call: DescribedCall): Promise<DescribedAnswer>;
}

interface Described {
  readonly responses: Readonly<Record<string, unknown>>;
}

const describedIn = (document: OpenApiDocument): readonly string[] =>
  Object.entries(document.paths).flatMap(([path, members]) =>
    Object.entries(members)
      .filter(([name]) => name !== 'servers')
      .flatMap(([method, operation]) =>
        Object.keys((operation as Described).responses).map((status) => `${method.toUpperCase()} ${path} ${status}`),
      ),
  );

const targetOf = ({ path, parameters = {}, query = '', target }: DescribedCall): string =>
  (target ?? path.replaceAll(/\{(\w+)\}/g, (_all, name: string) => encodeURIComponent(parameters[name] ?? name))) +
  query;

const dataOf = (text: string): DescribedAnswer['data'] => {
  const body: unknown = text.startsWith('{') ? JSON.parse(text) : {};
  return (body as { readonly data?: DescribedAnswer['data'] }).data ?? {};
};

/** Calls of a running deployment, each of whose answers is held against the description that it gives of itself. */
export const describedCallsOf = async (deployment: Deployment): Promise<DescribedCalls> => {
  const response = await fetch(`${deployment.engineUrl}/openapi.json`);
  const document = (await response.json()) as OpenApiDocument;
  const check: AnswerCheck = createAnswerCheck(document);
  const asked = new Set<string>();
  const [ingest] = document.servers;
  const urlOf = (path: string): string => {
    const servers = JSON.stringify(document.paths[path]?.['servers']);
    return servers === JSON.stringify([ingest]) ? deployment.ingestUrl : deployment.engineUrl;
  };
  return {
    document,
    described: describedIn(document),
    asked,
    ask: async (call) => {
      const { method = 'GET', path, body, headers = {} } = call;
      const answer = await fetch(urlOf(path) + targetOf(call), {
        method,
        headers,
        ...(body === undefined ? {} : { body }),
      });
      const { status } = answer;
      const text = await answer.text();
      const faults = check({ method, path, status, text, header: (name) => answer.headers.get(name) });
      if (faults.length > 0) throw new Error(`${method} ${targetOf(call)} ${status}: ${faults.join('; ')}\n${text}`);
      asked.add(`${method} ${path} ${status}`);
      return { status, text, data: dataOf(text) };
    },
  };
};
