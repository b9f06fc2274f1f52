import { describe, expect, it } from 'vitest';
import { contentKind } from './content-type.ts';

describe('contentKind', () => {
  it.each([
    [undefined, 'json'],
    ['', 'json'],
    ['application/json', 'json'],
    ['Application/JSON; charset=utf-8', 'json'],
    [' application/json ;x=y', 'json'],
    ['application/cloudevents+json', 'json'],
    ['application/vnd.acme.v1+json; charset=utf-8', 'json'],
    ['application/x-www-form-urlencoded', 'form'],
    ['application/x-www-form-urlencoded; charset=UTF-8', 'form'],
    ['text/plain', 'other'],
    ['application/jsonp', 'other'],
    ['application/xml+json2', 'other'],
    ['+json', 'other'],
    ['json', 'other'],
    ['multipart/form-data; boundary=application/json', 'other'],
    ['a/b/c+json', 'other'],
  ])('reads %j as %s', (header, kind) => {
    expect(contentKind(header)).toBe(kind);
  });
});
