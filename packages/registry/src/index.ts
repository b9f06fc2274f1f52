export * from './registry-change.ts';
export * from './registry-view.ts';
