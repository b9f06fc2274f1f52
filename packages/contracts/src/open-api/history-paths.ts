import {
  INCIDENTS_ANSWER_SCHEMA,
  OUTAGES_ANSWER_SCHEMA,
  SUMMARY_ANSWER_SCHEMA,
  TRANSITIONS_ANSWER_SCHEMA,
} from '../engine-answers.ts';
import { callsOf, type Paths } from './operation.ts';
import { PARAMETERS } from './parameters.ts';
import { jsonResponse, NO_STORE } from './responses.ts';

const { query } = callsOf('history');
const { SystemId, To, From, Until, Partition, Limit, Cursor } = PARAMETERS;
const FRESH = { 'Cache-Control': NO_STORE };

/** How things stand, and how they came to be so. */
export const HISTORY_PATHS: Paths = {
  '/api/summary': {
    get: query({
      operationId: 'getSummary',
      summary: 'How things stand: totals, partitions, what is the matter now',
      answer: jsonResponse('The summary.', SUMMARY_ANSWER_SCHEMA, FRESH),
    }),
  },
  '/api/transitions': {
    get: query({
      operationId: 'listTransitions',
      summary: 'Transitions, newest first',
      parameters: [SystemId, To, From, Until, Limit, Cursor],
      answer: jsonResponse('A page.', TRANSITIONS_ANSWER_SCHEMA, FRESH),
    }),
  },
  '/api/outages': {
    get: query({
      operationId: 'listOutages',
      summary: 'What we could not hear, newest first',
      parameters: [Partition, From, Until, Limit, Cursor],
      answer: jsonResponse('A page.', OUTAGES_ANSWER_SCHEMA, FRESH),
    }),
  },
  '/api/incidents': {
    get: query({
      operationId: 'listIncidents',
      summary: 'What is the matter now, then fleet silences that are over',
      parameters: [Limit, Cursor],
      answer: jsonResponse('A page.', INCIDENTS_ANSWER_SCHEMA, FRESH),
    }),
  },
};
