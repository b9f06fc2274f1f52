import { eventLogConformance } from '../conformance/index.ts';
import { sqliteFileHarness, sqliteMemoryHarness } from './testing/sqlite-harness.ts';

eventLogConformance('SQLite log in a file', sqliteFileHarness);
eventLogConformance('SQLite log in memory', sqliteMemoryHarness);
