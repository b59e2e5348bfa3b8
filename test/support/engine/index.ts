export * from './engine';
export { CredentialStore } from './credentials';
export { LoadedTypes, loadPackage } from './types';
export { n8nLine } from './line';
