import { eventLogConformance } from '../conformance/index.ts';
import { kafkaHarness } from './testing/kafka-harness.ts';
import { describeWith, testBrokers } from './testing/test-brokers.ts';

describeWith('log port', testBrokers(), (brokers) => eventLogConformance('Kafka log', kafkaHarness(brokers)));
