import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import Fastify from 'fastify';
import type { App, Dependencies } from './dependencies.ts';
import { registerNotFound, registerProblems } from './problems.ts';
import { registerDashboard, SECURITY_HEADERS } from './routes/dashboard.ts';
import { registerDistributorFigures } from './routes/distributor-figures.ts';
import { registerDistributorTree } from './routes/distributor-tree.ts';
import { registerDistributors } from './routes/distributors.ts';
import { registerLeaders } from './routes/leaders.ts';
import { registerLedger } from './routes/ledger.ts';
import { registerOperations } from './routes/operations.ts';
import { registerSales } from './routes/sales.ts';
import { registerSearch } from './routes/search.ts';

const BODY_LIMIT = 4 * 1024 * 1024;

/** Builds the HTTP API. The caller makes it listen. */
export async function buildApp(dependencies: Dependencies): Promise<App> {
  const app = Fastify({
    loggerInstance: dependencies.log,
    bodyLimit: BODY_LIMIT,
    routerOptions: { maxParamLength: 300 },
    // A value of the wrong type is refused, not converted: a sale is signed for as it was sent.
    ajv: {
      customOptions: { coerceTypes: false, removeAdditional: false, allErrors: true, useDefaults: false },
    },
  }).withTypeProvider<TypeBoxTypeProvider>();

  app.addHook('onSend', async (request, reply) => {
    const { 'content-security-policy': policy, ...others } = SECURITY_HEADERS;
    reply.headers(others);
    // The documentation page has a policy of its own.
    if (!/^\/docs(\/|\?|$)/.test(request.url)) reply.header('content-security-policy', policy);
  });
  registerProblems(app);
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Plumbline gateway',
        version: '1',
        description: 'Submit distributors, sales and reversals; read what the ledger says about them.',
      },
      components: { securitySchemes: { apiKey: { type: 'http', scheme: 'bearer' } } },
    },
  });
  await app.register(swaggerUi, { routePrefix: '/docs', staticCSP: true });
  app.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger());

  registerOperations(app, dependencies);
  registerLedger(app, dependencies);
  registerSearch(app, dependencies);
  registerLeaders(app, dependencies);
  registerDistributors(app, dependencies);
  registerDistributorTree(app, dependencies);
  registerDistributorFigures(app, dependencies);
  registerSales(app, dependencies);
  if (dependencies.dashboard === undefined) registerNotFound(app);
  else await registerDashboard(app, dependencies.dashboard);
  return app;
}
