import { resourceFromAttributes } from '@opentelemetry/resources';

/** What every figure and trace says it is of. */
export const RESOURCE = resourceFromAttributes({ 'service.name': 'quantum-dispatch-center' });
