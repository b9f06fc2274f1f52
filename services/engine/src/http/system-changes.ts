import type { DurationMs, Fault } from '@earshot/contracts';
import { changeSystem } from '../application/change-system.ts';
import { createSystem } from '../application/create-system.ts';
import type { EngineContext } from '../application/engine-context.ts';
import { pauseSystem, resumeSystem } from '../application/pause-system.ts';
import type { ChangedSystem } from '../application/present-changed.ts';
import { retireSystem } from '../application/retire-system.ts';
import { type Answer, answerOutcome, changed, created, invalid } from './answer.ts';
import type { Call } from './endpoint.ts';
import { etagOf } from './etag.ts';
import { parseNewSystem, parsePause, parseSystemPatch } from './parse-bodies.ts';
import { stampOf } from './stamp.ts';

/** The longest timed pause. A longer one is more likely a mistake in the year. */
const PAUSE_MS_MAX: DurationMs = 366 * 86_400_000;

const target = ({ params, change }: Call) => ({ ...change, systemId: params['id'] ?? '' });

const present = (context: EngineContext, { system, revision }: ChangedSystem): Answer =>
  changed({ system, ...stampOf(context) }, etagOf(revision));

/** The path of a system, whatever its id looks like. */
export const systemPath = (systemId: string): string => `/api/systems/${encodeURIComponent(systemId)}`;

export const postSystem = async (context: EngineContext, { body, change }: Call): Promise<Answer> =>
  answerOutcome(await createSystem(context, parseNewSystem(body), change), ({ system, revision, credential }) =>
    created(systemPath(system.system_id), { system, credential, ...stampOf(context) }, etagOf(revision)),
  );

export const patchSystem = async (context: EngineContext, call: Call): Promise<Answer> =>
  answerOutcome(await changeSystem(context, target(call), parseSystemPatch(call.body)), (done) =>
    present(context, done),
  );

export const deleteSystem = async (context: EngineContext, call: Call): Promise<Answer> =>
  answerOutcome(await retireSystem(context, target(call)), () => changed({}));

const untilFaults = (context: EngineContext, { until, text }: ReturnType<typeof parsePause>): readonly Fault[] => {
  if (until === null) return [];
  const now = context.clock.wallNow();
  if (until <= now) return [{ key: 'until', message: 'must_be_in_the_future', value: text }];
  return until - now > PAUSE_MS_MAX ? [{ key: 'until', message: 'out_of_range', value: text }] : [];
};

export const postPause = async (context: EngineContext, call: Call): Promise<Answer> => {
  const pause = parsePause(call.body);
  const faults = untilFaults(context, pause);
  if (faults.length > 0) return invalid(faults);
  return answerOutcome(await pauseSystem(context, target(call), pause.until), (done) => present(context, done));
};

export const postResume = async (context: EngineContext, call: Call): Promise<Answer> =>
  answerOutcome(await resumeSystem(context, target(call)), (done) => present(context, done));
