import { describe, expect, it } from 'vitest';
import { type StartFacts, startLines } from './start-lines.ts';

const FACTS: StartFacts = {
  ingestUrl: 'http://127.0.0.1:7410',
  engineUrl: 'http://127.0.0.1:7411',
  dataDirectory: '/srv/ear shot/data',
  build: '2aae3712',
  operatorTokenFile: "/srv/ear's/operator-token",
  first: { username: 'default', password: 's3cret', credentialFile: '/srv/ear shot/data/first-credential' },
};

describe('the start lines', () => {
  it('print the first curl whole on a terminal', () => {
    expect(startLines(FACTS, true)).toContain(
      'curl --request POST http://127.0.0.1:7410/api/systems/heartbeat --user "default:s3cret" --header "Content-Type: application/json" --data \'{"system_id":"my-first-system"}\'',
    );
  });

  it('never print a secret elsewhere', () => {
    const text = startLines(FACTS, false).join('\n');
    expect(text).not.toContain('s3cret');
    expect(text).toContain(`--user "default:$(cat '/srv/ear shot/data/first-credential')"`);
  });

  it('quote paths for a shell', () => {
    expect(startLines(FACTS, true).join('\n')).toContain(`$(cat '/srv/ear'\\''s/operator-token')`);
  });

  it('point to the environment where the token came from there, and say nothing of a first heartbeat later', () => {
    const text = startLines({ ...FACTS, operatorTokenFile: null, first: null }, true).join('\n');
    expect(text).toContain('Bearer $EARSHOT_OPERATOR_TOKEN');
    expect(text).not.toContain('POST http');
  });
});
