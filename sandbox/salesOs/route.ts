import type { Route } from '../http/server';
import type { Scope } from './credentials';

/** A SalesOS route and the scope its credential needs. */
export interface SalesOsRoute extends Route {
	scope: Scope;
}
