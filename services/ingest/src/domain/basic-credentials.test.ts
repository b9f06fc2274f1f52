import { describe, expect, it } from 'vitest';
import { basicToken, splitCredentials } from './basic-credentials.ts';

describe('basicToken', () => {
  it.each([
    ['Basic YTpi', 'YTpi'],
    ['basic YTpi', 'YTpi'],
    ['BASIC   YTpi', 'YTpi'],
    ['Basic YTpiYw==', 'YTpiYw=='],
    ['Basic YTpiYzo=', 'YTpiYzo='],
    ['Basic YW+/', 'YW+/'],
  ])('reads %j', (header, token) => {
    expect(basicToken(header)).toBe(token);
  });

  it.each([
    'Bearer YTpi',
    'Basic',
    'Basic ',
    'BasicYTpi',
    'Basic\tYTpi',
    'Basic YTpiYw',
    'Basic YTpiYw=',
    'Basic YTpi=',
    'Basic YTpiY',
    'Basic YT-_',
    'Basic YT pi',
    'Basic YTpi,',
    'Basic ====',
    'Basic YTpi===',
    'Basic YTpi Basic YTpi',
    ' Basic YTpi',
    '',
  ])('refuses %j', (header) => {
    expect(basicToken(header)).toBeNull();
  });
});

describe('splitCredentials', () => {
  it.each([
    ['a:b', 'a', 'b'],
    ['00:1a:2b:secret', '00:1a:2b', 'secret'],
    ['urn:x:y:s', 'urn:x:y', 's'],
    ['__proto__:s', '__proto__', 's'],
    ['🛰️:s', '🛰️', 's'],
    ['a: b ', 'a', ' b '],
  ])('splits %j at its last colon', (text, username, secret) => {
    expect(splitCredentials(text)).toEqual({ username, secret });
  });

  it.each(['', 'a', ':', ':b', 'a:', 'a:b:', 'a\n:b', 'a:b\0', 'a\u0085:b', 'a\u007f:b'])('refuses %j', (text) => {
    expect(splitCredentials(text)).toBeNull();
  });
});
