import { describe, expect, it } from 'vitest';
import { isMalformed, validateBody } from './validate-body.ts';

const validate = (text: string, implied: string | null = null, isUtf8 = true): unknown =>
  validateBody({ text, isUtf8 }, { implied });
const fault = (key: string, message: string, value: string): unknown => ({ faults: [{ key, message, value }] });
const emoji = '😀';

describe('validateBody', () => {
  it.each([
    ['{"system_id":"a"}', 'a'],
    [' {"system_id" : "a" , "other": [1,{}] }\n', 'a'],
    ['{"system_id":"__proto__"}', '__proto__'],
    ['{"system_id":"00:1a:2b"}', '00:1a:2b'],
    ['{"system_id":"0/1"}', '0/1'],
    ['{"system_id":"\\ud83d\\ude00"}', emoji],
    ['{"system_id":"first","system_id":"last"}', 'last'],
    ['{"__proto__":{"system_id":"inherited"},"system_id":"own"}', 'own'],
    [`{"system_id":"${emoji.repeat(255)}"}`, emoji.repeat(255)],
    [`{"deep":${'['.repeat(8_000)}${']'.repeat(8_000)},"system_id":"a"}`, 'a'],
  ])('reads %.60s', (text, systemId) => {
    expect(validate(text)).toEqual({ systemId });
  });

  it.each([
    ['{}', fault('system_id', 'required', '')],
    ['', fault('system_id', 'required', '')],
    ['{"system_id":""}', fault('system_id', 'required', '')],
    ['{"__proto__":{"system_id":"inherited"}}', fault('system_id', 'required', '')],
    ['{"System_Id":"a"}', fault('system_id', 'required', '')],
    ['{"system_id":null}', fault('system_id', 'must_be_string', 'null')],
    ['{"system_id":17}', fault('system_id', 'must_be_string', '17')],
    ['{"system_id":["a"]}', fault('system_id', 'must_be_string', '["a"]')],
    ['{"system_id":{"a":1}}', fault('system_id', 'must_be_string', '{"a":1}')],
    ['{"system_id":" a"}', fault('system_id', 'invalid_characters', ' a')],
    ['{"system_id":"a\\u0000"}', fault('system_id', 'invalid_characters', 'a\0')],
    ['{"system_id":"\\ud800"}', fault('system_id', 'invalid_characters', '\ud800')],
    ['{"system_id":".."}', fault('system_id', 'invalid_characters', '..')],
    [`{"system_id":"${'x'.repeat(300)}"}`, fault('system_id', 'too_long', 'x'.repeat(256))],
    ['[]', fault('body', 'must_be_object', '[]')],
    ['"text"', fault('body', 'must_be_object', 'text')],
    ['null', fault('body', 'must_be_object', 'null')],
    ['17', fault('body', 'must_be_object', '17')],
    ['{"system_id":"a"', fault('body', 'malformed_json', '{"system_id":"a"')],
    ['system_id=a', fault('body', 'malformed_json', 'system_id=a')],
    ['\ufeff{"system_id":"a"}', fault('body', 'malformed_json', '\ufeff{"system_id":"a"}')],
    ['x'.repeat(300), fault('body', 'malformed_json', 'x'.repeat(256))],
  ])('refuses %.60s', (text, expected) => {
    expect(validate(text)).toEqual(expected);
  });

  it('names every fault there is', () => {
    expect(validate(`{"system_id":" ${'x'.repeat(255)}"}`)).toEqual({
      faults: [
        { key: 'system_id', message: 'too_long', value: ` ${'x'.repeat(255)}` },
        { key: 'system_id', message: 'invalid_characters', value: ` ${'x'.repeat(255)}` },
      ],
    });
  });

  it('takes bytes that are not UTF-8 for malformed, whatever they decode to', () => {
    expect(validate('{"system_id":"\ufffd"}', null, false)).toEqual(
      fault('body', 'malformed_json', '{"system_id":"\ufffd"}'),
    );
  });

  it('refuses a nesting too deep to be shown without failing', () => {
    const deep = '['.repeat(8_000) + ']'.repeat(8_000);
    expect(validate(`{"system_id":${deep}}`)).toMatchObject({
      faults: [{ key: 'system_id', message: 'must_be_string' }],
    });
    expect(validate(deep)).toMatchObject({ faults: [{ key: 'body', message: 'must_be_object' }] });
  });

  it('means the implied system when none is named, and only then', () => {
    expect(validate('', 'own')).toEqual({ systemId: 'own' });
    expect(validate('{}', 'own')).toEqual({ systemId: 'own' });
    expect(validate('{"system_id":"a"}', 'own')).toEqual({ systemId: 'a' });
    expect(validate('{"system_id":""}', 'own')).toEqual(fault('system_id', 'required', ''));
    expect(validate('{"system_id":null}', 'own')).toEqual(fault('system_id', 'must_be_string', 'null'));
    expect(validate('no json', 'own')).toEqual(fault('body', 'malformed_json', 'no json'));
  });
});

describe('isMalformed', () => {
  it('tells what is no JSON from what is wrong JSON', () => {
    expect(isMalformed(validateBody({ text: 'a=b', isUtf8: true }, { implied: null }))).toBe(true);
    expect(isMalformed(validateBody({ text: '{}', isUtf8: true }, { implied: null }))).toBe(false);
    expect(isMalformed(validateBody({ text: '', isUtf8: true }, { implied: null }))).toBe(false);
    expect(isMalformed({ systemId: 'a' })).toBe(false);
  });
});
