// A small fediverse server made with Fedify, for tests on loopback only.
// It follows whom it is told to follow, and remembers what its inbox accepted.
//   node server.mjs PORT
// Control, by the test alone:  POST /control/follow {"actor": URL}   GET /control/received
//                              POST /control/verify {activity}  -> {"verified": true | false}
globalThis.navigator ??= { userAgent: "Node.js/20" };

const { createServer } = await import("node:http");
const { createFederation, generateCryptoKeyPair, InProcessMessageQueue, MemoryKvStore } = await import(
  "@fedify/fedify"
);
const { Accept, Create, Delete, Endpoints, Follow, Person, Update } = await import("@fedify/vocab");
const { verifyObject } = await import("@fedify/fedify/sig");
const { Activity } = await import("@fedify/vocab");

const port = Number(process.argv[2]);
const origin = `http://127.0.0.1:${port}`;
const received = [];
const keys = [
  await generateCryptoKeyPair("RSASSA-PKCS1-v1_5"),
  await generateCryptoKeyPair("Ed25519"),
];

const federation = createFederation({
  kv: new MemoryKvStore(),
  queue: new InProcessMessageQueue(),
  allowPrivateAddress: true,
  origin,
});

federation
  .setActorDispatcher("/users/{identifier}", async (context, identifier) => {
    if (identifier !== "ada") return null;
    const pairs = await context.getActorKeyPairs(identifier);
    return new Person({
      id: context.getActorUri(identifier),
      preferredUsername: identifier,
      name: "Ada, who tests",
      inbox: context.getInboxUri(identifier),
      endpoints: new Endpoints({ sharedInbox: context.getInboxUri() }),
      publicKey: pairs[0].cryptographicKey,
      assertionMethods: pairs.map((pair) => pair.multikey),
    });
  })
  .setKeyPairsDispatcher(() => keys);

const listeners = federation.setInboxListeners("/users/{identifier}/inbox", "/inbox");
for (const type of [Accept, Create, Update, Delete]) {
  listeners.on(type, async (context, activity) => {
    const object = await activity.getObject(context).catch(() => null);
    received.push({
      type: type.name,
      id: activity.id?.href,
      actor: activity.actorId?.href,
      object: activity.objectId?.href ?? null,
      objectType: object?.constructor?.name ?? null,
      name: object?.name?.toString() ?? null,
    });
  });
}

async function control(path, body) {
  const context = federation.createContext(new URL(origin));
  if (path === "/control/received") return received;
  if (path === "/control/follow") {
    const actor = await context.lookupObject(new URL(body.actor));
    const follow = new Follow({
      id: new URL(`${origin}/follows/${received.length}-${port}`),
      actor: context.getActorUri("ada"),
      object: actor.id,
      to: actor.id,
    });
    await context.sendActivity({ identifier: "ada" }, actor, follow);
    return { actor: actor.id.href, name: actor.name?.toString(), type: actor.constructor.name };
  }
  if (path === "/control/verify") {
    const activity = await verifyObject(Activity, body, {
      documentLoader: context.documentLoader,
      contextLoader: context.contextLoader,
    });
    return { verified: activity !== null };
  }
  return null;
}

const server = createServer(async (incoming, outgoing) => {
  const chunks = [];
  for await (const chunk of incoming) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  const url = new URL(incoming.url, origin);
  if (url.pathname.startsWith("/control/")) {
    try {
      const answer = await control(url.pathname, body.length ? JSON.parse(body.toString()) : null);
      outgoing.writeHead(200, { "content-type": "application/json" });
      outgoing.end(JSON.stringify(answer));
    } catch (error) {
      outgoing.writeHead(500, { "content-type": "application/json" });
      outgoing.end(JSON.stringify({ error: String(error?.stack ?? error) }));
    }
    return;
  }
  const request = new Request(url, {
    method: incoming.method,
    headers: Object.entries(incoming.headers).flatMap(([name, value]) =>
      Array.isArray(value) ? value.map((one) => [name, one]) : [[name, value]],
    ),
    body: ["GET", "HEAD"].includes(incoming.method) ? undefined : body,
  });
  const response = await federation.fetch(request, { contextData: undefined });
  outgoing.writeHead(response.status, Object.fromEntries(response.headers));
  outgoing.end(Buffer.from(await response.arrayBuffer()));
});
server.listen(port, "127.0.0.1", () => console.log(`listening on ${origin}`));
federation.startQueue(undefined, { signal: AbortSignal.timeout(600_000) });
