import { type RedisScript, redisScript } from './redis-script.ts';
import { parseInteger, parseTextsOrNull, unreadable } from './replies.ts';

/**
 * What has to be stored for a write to be accepted.
 *
 * - `position`: the expected position, and the version the writer knows
 * - `nothing`: no position, and no remains of anything
 * - `rewriting`: the mark of the expected owner, and the version the writer knows
 */
export type WriteGuard = 'position' | 'nothing' | 'rewriting';

/**
 * One commit, or one part of a rewrite. KEYS: partition, systems, ttls, outbox, explicit, owner, then `seen` indexes.
 * ARGV in the order of `takeOne` below. Answers, before anything is changed:
 *
 * - `refused` and the stored position: the guard does not hold
 * - `stale`: the position is right, but somebody else wrote since the writer looked
 * - `remains`: there is no position, but something of an earlier time
 * - `indexes` and names of ttls: these `seen` indexes have to be among KEYS too
 * - `disorder`: publications would go behind those stored
 *
 * or `accepted`. Lua's unpack ends at about 8,000 values, so that long arguments are passed on in slices.
 */
export const WRITE_SCRIPT: RedisScript = redisScript(`
#!lua
local SLICE = 7000
local partition, systems, ttls, outbox, explicit, owner = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6]
local FIRST_INDEX = 7

local at = 0
local function takeOne()
  at = at + 1
  return ARGV[at]
end
local function takeMany(count)
  local first = at + 1
  at = at + count
  return first, at
end
local function inSlices(command, key, values, first, last)
  for from = first, last, SLICE do
    redis.call(command, key, unpack(values, from, math.min(from + SLICE - 1, last)))
  end
end
local function append(lists, name, value)
  local list = lists[name]
  if not list then
    list = {}
    lists[name] = list
  end
  list[#list + 1] = value
end

-- The guard.
local guard, expected, version = takeOne(), takeOne(), takeOne()
local stored = redis.call('HMGET', partition, 'position', 'version', 'rewriting')
local position = stored[1]
if guard == 'nothing' then
  if position then return {'refused', position} end
  if redis.call('EXISTS', partition, systems, ttls, outbox, explicit) > 0 then return {'remains'} end
else
  local found = position
  if guard == 'rewriting' then found = not position and stored[3] end
  if found ~= expected then return {'refused', position} end
  if stored[2] ~= version then return {'stale'} end
end

local ownerName, ownerMs = takeOne(), takeOne()
local fieldsFirst, fieldsLast = takeMany(2 * tonumber(takeOne()))
local indexes = {}
for key = FIRST_INDEX, #KEYS do indexes[takeOne()] = KEYS[key] end
local removedFirst, removedLast = takeMany(tonumber(takeOne()))
local publicationsFirst, publicationsLast = takeMany(2 * tonumber(takeOne()))

if publicationsLast > publicationsFirst and redis.call('EXISTS', outbox) == 1 then
  local about = redis.call('XINFO', 'STREAM', outbox)
  for place = 1, #about, 2 do
    if about[place] == 'last-generated-id' then
      local last = tonumber(string.match(about[place + 1], '^%d+'))
      if tonumber(ARGV[publicationsFirst]) < last then return {'disorder'} end
    end
  end
end

-- What is stored of each system tells what has to be written of it.
local unknown, isUnknown = {'indexes'}, {}
local leaving, rows, noLonger, newly = {}, {}, {}, {}
local function compare(id, old, new, name)
  local oldMark, oldName = '', ''
  if old then oldMark, oldName = string.match(old, '^(.)([^,]*)') end
  if oldMark ~= '-' and oldName ~= '' and oldName ~= name then
    if indexes[oldName] then
      append(leaving, oldName, id)
    elseif not isUnknown[oldName] then
      isUnknown[oldName] = true
      unknown[#unknown + 1] = oldName
    end
  end
  local newMark = new and string.sub(new, 1, 1)
  if oldMark == '*' and newMark ~= '*' then noLonger[#noLonger + 1] = id end
  if newMark == '*' and oldMark ~= '*' then newly[#newly + 1] = id end
end
local function compareAll(ids, visit)
  for from = 1, #ids, SLICE do
    local last = math.min(from + SLICE - 1, #ids)
    local found = redis.call('HMGET', systems, unpack(ids, from, last))
    for place = from, last do visit(place, found[place - from + 1]) end
  end
end

local removed = {}
for place = removedFirst, removedLast do removed[#removed + 1] = ARGV[place] end
compareAll(removed, function(place, old) compare(removed[place], old, false, '') end)

local groups = {}
for _ = 1, tonumber(takeOne()) do
  local name, count = takeOne(), tonumber(takeOne())
  local scoresFirst, scoresLast = takeMany(2 * count)
  local rowsFirst = takeMany(count)
  groups[#groups + 1] = {name = name, first = scoresFirst, last = scoresLast}
  local ids = {}
  for place = scoresFirst + 1, scoresLast, 2 do ids[#ids + 1] = ARGV[place] end
  compareAll(ids, function(place, old)
    local new = ARGV[rowsFirst + place - 1]
    if old ~= new then
      compare(ids[place], old, new, name)
      rows[#rows + 1] = ids[place]
      rows[#rows + 1] = new
    end
  end)
end
if #unknown > 1 then return unknown end

-- From here on things change.
inSlices('HSET', partition, ARGV, fieldsFirst, fieldsLast)
for name, ids in pairs(leaving) do
  inSlices('ZREM', indexes[name], ids, 1, #ids)
  if redis.call('EXISTS', indexes[name]) == 0 then redis.call('SREM', ttls, name) end
end
for _, group in ipairs(groups) do
  if group.name ~= '' then
    inSlices('ZADD', indexes[group.name], ARGV, group.first, group.last)
    redis.call('SADD', ttls, group.name)
  end
end
inSlices('HSET', systems, rows, 1, #rows)
inSlices('HDEL', systems, removed, 1, #removed)
inSlices('SREM', explicit, noLonger, 1, #noLonger)
inSlices('SADD', explicit, newly, 1, #newly)
for place = publicationsFirst, publicationsLast, 2 do
  redis.call('XADD', outbox, ARGV[place] .. '-*', 'publication', ARGV[place + 1])
end
redis.call('HSET', partition, 'systems', redis.call('HLEN', systems))
if redis.call('HEXISTS', partition, 'position') == 1 then redis.call('HDEL', partition, 'rewriting') end
redis.call('SET', owner, ownerName, 'PX', ownerMs)
return {'accepted'}
`);

/** What WRITE_SCRIPT answered. */
export type WriteReply =
  | { readonly kind: 'accepted' | 'stale' | 'remains' | 'disorder' }
  | { readonly kind: 'refused'; readonly stored: number | null }
  | { readonly kind: 'indexes'; readonly ttlNames: readonly string[] };

export const parseWriteReply = (reply: unknown): WriteReply => {
  const [kind, ...about] = parseTextsOrNull(reply);
  switch (kind) {
    case 'accepted':
    case 'stale':
    case 'remains':
    case 'disorder':
      return { kind };
    case 'refused':
      return { kind, stored: typeof about[0] === 'string' ? parseInteger(about[0]) : null };
    case 'indexes':
      return { kind, ttlNames: about.filter((name) => name !== null) };
    case null:
    case undefined:
    default:
      throw unreadable('a script answered what we do not know');
  }
};
