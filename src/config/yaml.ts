export * from '../yaml.js';
