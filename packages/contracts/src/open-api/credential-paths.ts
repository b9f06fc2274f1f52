import { CREATED_CREDENTIAL_ANSWER_SCHEMA, CREDENTIALS_ANSWER_SCHEMA, DONE_ANSWER_SCHEMA } from '../engine-answers.ts';
import { callsOf, type Paths } from './operation.ts';
import { type ParameterObject, PARAMETERS } from './parameters.ts';
import { REQUEST_SCHEMAS, requestBody } from './request-bodies.ts';
import { ERROR_RESPONSES, jsonResponse, LOCATION, NO_STORE } from './responses.ts';

/** Whose credentials. */
export interface CredentialOwner {
  readonly path: string;
  readonly owner: 'System' | 'Fleet';
  readonly parameter: ParameterObject;
}

const { query, change, addition } = callsOf('credentials');
const FRESH = { 'Cache-Control': NO_STORE };

/** The secrets of a system or fleet; at most 10 are live at a time. */
export const credentialPaths = ({ path, owner, parameter }: CredentialOwner): Paths => ({
  [`${path}/credentials`]: {
    get: query({
      operationId: `list${owner}Credentials`,
      summary: `Live secrets of a ${owner.toLowerCase()}, without the secrets`,
      parameters: [parameter],
      answer: jsonResponse('All of them.', CREDENTIALS_ANSWER_SCHEMA, FRESH),
      errors: { 404: ERROR_RESPONSES.NotFound },
    }),
    post: addition({
      operationId: `add${owner}Credential`,
      summary: `One more secret for a ${owner.toLowerCase()}`,
      parameters: [parameter],
      body: requestBody(REQUEST_SCHEMAS.Nothing),
      answer: jsonResponse('Created. The secret is shown this once.', CREATED_CREDENTIAL_ANSWER_SCHEMA, {
        ...FRESH,
        Location: LOCATION,
      }),
    }),
  },
  [`${path}/credentials/{id}`]: {
    delete: change({
      operationId: `revoke${owner}Credential`,
      summary: `One secret of a ${owner.toLowerCase()} less; it stops working within a second`,
      parameters: [parameter, PARAMETERS.CredentialInPath],
      answer: jsonResponse('Revoked.', DONE_ANSWER_SCHEMA, FRESH),
    }),
  },
});
