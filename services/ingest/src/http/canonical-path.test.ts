import { describe, expect, it } from 'vitest';
import { canonicalTarget } from './canonical-path.ts';

describe('canonicalTarget', () => {
  it.each([
    ['/api/systems/heartbeat', '/api/systems/heartbeat'],
    ['/api/systems/heart%62eat?a=%62', '/api/systems/heartbeat?a=b'],
    ['/%7Euser', '/~user'],
    ['/a%2Fb', '/a%2Fb'],
    ['/a%2fb%20c', '/a%2fb%20c'],
    ['http://ingest:7410/api/systems/heartbeat', '/api/systems/heartbeat'],
    ['HTTPS://ingest', '/'],
    ['https://ingest?a', '/?a'],
    ['*', '/*'],
  ])('%s is %s', (target, canonical) => {
    expect(canonicalTarget(target)).toBe(canonical);
  });

  it.each(['/%', '/%6', '/%zz', '/a%2'])('%s is none', (target) => {
    expect(canonicalTarget(target)).toBeNull();
  });
});
