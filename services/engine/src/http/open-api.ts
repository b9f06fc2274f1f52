import type { ServerResponse } from 'node:http';
import { JSON_CONTENT_TYPE } from '@earshot/contracts';
import { openApiDocument } from '@earshot/contracts/open-api';
import { answerText, type RawHeaders } from '@earshot/runtime';

/** The document changes with the version that runs: to be asked for again each time. */
const HEADERS: RawHeaders = ['Cache-Control', 'no-cache', 'X-Content-Type-Options', 'nosniff'];

/** `GET /openapi.json`: both HTTP surfaces described, open to everybody. Written out once, when first asked for. */
export const createOpenApiAnswer = (version: string): ((response: ServerResponse) => void) => {
  let body: string | undefined;
  return (response) => {
    body ??= JSON.stringify(openApiDocument({ version }));
    answerText(response, 200, { type: JSON_CONTENT_TYPE, body, headers: HEADERS });
  };
};
